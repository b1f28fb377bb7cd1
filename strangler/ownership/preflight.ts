// What must hold before ownership may move, each with what was measured and the bound that it is measured against.
import { isFenced, type FencedTable } from './fence.ts';
import { verifyRoundTrip } from './heartbeats.ts';
import { crossingKeys } from './preconditions.ts';
import {
  DIRECTIONS,
  FORWARD,
  OWN_TABLES,
  publicationName,
  REVERSE,
  streamName,
  type Direction,
  type Replica,
  type Side,
} from './replica.ts';
import { diffRows } from './row-diff.ts';
import type { SideDatabase } from './side-database.ts';
import { sql } from './sql.ts';
import { describeTables } from './tables.ts';

export interface Check {
  readonly check: string;
  readonly measured: string;
  readonly bound: string;
  readonly holds: boolean;
}

export interface Bounds {
  readonly heartbeatMs: number;
  readonly transactionMs: number;
}

/** A transaction of the shop's own processes does not last longer than this: PostgreSQL ends it. */
export const BOUNDS: Bounds = { heartbeatMs: 1_000, transactionMs: 2_000 };

/** What is late by more than this does not arrive at all. */
const MORE_MS = 1_000;

type Sides = Readonly<Record<Side, SideDatabase>>;

export interface Streams {
  /** One line for each table that does not take the stream as all must. */
  readonly problems: readonly string[];
  readonly tables: number;
  /** The same text as long as nothing has been dropped, made, refreshed or refused. */
  readonly fingerprint: string;
}

interface Facts extends Record<string, unknown> {
  readonly standing: readonly FencedTable[];
  readonly published: readonly string[];
  /** PostgreSQL's letters; `r` is ready. */
  readonly subscribed: Readonly<Record<string, string>>;
  readonly subscription: unknown;
}

/**
 * Tables that stand = published = subscribed = fenced, all of them ready, both ways. One query a side: nobody may write
 * while it is asked for the second time.
 */
export async function checkStreams(replica: Replica, sides: Sides): Promise<Streams> {
  const [atMonolith, atService] = await Promise.all([
    readFacts(replica, sides.monolith, REVERSE),
    readFacts(replica, sides.service, FORWARD),
  ]);
  const facts = { monolith: atMonolith, service: atService };
  const names = (side: Side) =>
    facts[side].standing.filter(({ partitioned }) => !partitioned).map(({ table }) => table);
  // Where one of replication's own is missing nothing is replicated at all.
  const expected = new Set([...names('monolith'), ...names('service'), ...OWN_TABLES]);
  const problems: string[] = [];
  for (const { from, to } of DIRECTIONS) {
    const fenced = facts[to].standing.filter(isFenced).map(({ table }) => table);
    const sets = {
      [`at the ${from}`]: names(from),
      published: facts[from].published,
      subscribed: Object.keys(facts[to].subscribed),
      [`fenced at the ${to}`]: fenced,
    };
    const way = `${from} → ${to}`;
    // Its rows travel as those of its partitions; who writes it meets its own fence alone.
    for (const found of facts[to].standing)
      if (found.partitioned && !isFenced(found))
        problems.push(`${way}: ${found.table} is not fenced at the ${to}`);
    for (const [what, tables] of Object.entries(sets))
      for (const table of expected)
        if (!tables.includes(table)) problems.push(`${way}: ${table} is not ${what}`);
    for (const [table, state] of Object.entries(facts[to].subscribed))
      if (state !== 'r') problems.push(`${way}: ${table} is not ready (${state})`);
  }
  return { problems, tables: expected.size, fingerprint: JSON.stringify(facts) };
}

async function readFacts(replica: Replica, { query }: SideDatabase, receives: Direction): Promise<Facts> {
  const marks = {
    schema: replica.schema,
    publication: publicationName(replica),
    subscription: streamName(replica, receives),
  };
  const [row] = await query<Facts>(sql('stream-facts', marks));
  if (row === undefined) throw new Error('no facts');
  return row;
}

export interface Preflight {
  readonly checks: readonly Check[];
  /** Of the streams, before the rows were compared. */
  readonly fingerprint: string;
}

/** Reads only, but for one heartbeat a side. @param source the side that owns. */
export async function preflight(
  replica: Replica,
  sides: Sides,
  source: Side,
  bounds: Bounds = BOUNDS,
): Promise<Preflight> {
  const streams = await checkStreams(replica, sides);
  const checks: Check[] = [none('tables out of the stream', streams.problems)];
  checks.push(...(await checkTransactions(sides, bounds)), ...(await checkKeys(replica, sides)));
  // What follows waits for heartbeats, which do not come through broken streams.
  if (streams.problems.length > 0) return { checks, fingerprint: streams.fingerprint };
  checks.push(...(await checkHeartbeats(replica, sides, bounds)));
  if (checks.every(({ holds }) => holds)) {
    const { different } = await diffRows(replica, sides, source);
    checks.push(none('rows that differ', different));
    const after = await checkStreams(replica, sides);
    const same = after.fingerprint === streams.fingerprint;
    checks.push(none('changes of the streams meanwhile', same ? [] : ['errors, conflicts, tables or slots']));
  }
  return { checks, fingerprint: streams.fingerprint };
}

/** @param found what there should be none of. */
function none(check: string, found: readonly string[]): Check {
  const [first, ...more] = found;
  const words = first === undefined ? '' : ` (${first}${more.length > 0 ? `, and ${more.length} more` : ''})`;
  return { check, measured: `${found.length}${words}`, bound: '0', holds: found.length === 0 };
}

const atMost = (check: string, ms: number, bound: number): Check => ({
  check,
  measured: `${ms.toFixed(0)} ms`,
  bound: `≤ ${bound} ms`,
  holds: ms <= bound,
});

async function checkTransactions(sides: Sides, { transactionMs }: Bounds): Promise<readonly Check[]> {
  const checks: Check[] = [];
  for (const { side, query } of Object.values(sides)) {
    const [row] = await query<{ oldest: number; prepared: number }>(sql('oldest-transaction'));
    checks.push(atMost(`oldest transaction of the ${side}`, row?.oldest ?? 0, transactionMs));
    checks.push(
      none(`prepared transactions of the ${side}`, Array(row?.prepared ?? 0).fill('see pg_prepared_xacts')),
    );
  }
  return checks;
}

async function checkKeys(replica: Replica, sides: Sides): Promise<readonly Check[]> {
  const crossing: string[] = [];
  const unnamed: string[] = [];
  for (const side of Object.values(sides)) {
    crossing.push(...(await crossingKeys(replica, side)));
    for (const { table, identifiable } of await describeTables(replica, side))
      if (!identifiable) unnamed.push(`${table} of the ${side.side}`);
  }
  return [none('foreign keys across the edge', crossing), none('tables without a key', unnamed)];
}

async function checkHeartbeats(
  replica: Replica,
  sides: Sides,
  { heartbeatMs }: Bounds,
): Promise<readonly Check[]> {
  try {
    const ms = await verifyRoundTrip(replica, sides, heartbeatMs + MORE_MS);
    return (['monolith', 'service'] as const).map((side) =>
      atMost(`heartbeat to the ${side}`, ms[side], heartbeatMs),
    );
  } catch (error) {
    return [none('heartbeats that do not arrive', [(error as Error).message])];
  }
}
