// What must hold before ownership may move, each with what was measured and the bound that it is measured against.
import { checkStreams } from './check-streams.ts';
import { diffRows } from './diff/diff-rows.ts';
import { verifyRoundTrip } from './heartbeats.ts';
import { crossingKeys } from './preconditions.ts';
import type { Replica, Side } from './replica.ts';
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
