// Whether every table takes the stream as all must, both ways: what a move asks before it begins, and once more before it
// grants.
import { isFenced, type FencedTable } from './fence.ts';
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
import type { SideDatabase } from './side-database.ts';
import { sql } from './sql.ts';

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
