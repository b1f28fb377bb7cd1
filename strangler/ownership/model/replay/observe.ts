// What both databases show, held against what the model says that they show.
import type { Ownership } from '../../ownership.ts';
import type { Side } from '../../replica.ts';
import { RULES } from '../rules.ts';
import { SIDES, TABLES, viewOf, writeRow, type State } from '../state.ts';
import type { Lane } from './lane.ts';
import { TABLE_NAMES } from './reset-lane.ts';

export interface Observed extends Record<string, unknown> {
  readonly row: Ownership | null;
  /** The real numbers of the writes that it holds. */
  readonly writes: readonly number[];
  /** By table, PostgreSQL's letter. */
  readonly tables: Readonly<Record<string, string>> | null;
  /** Positions in its own log: where it writes, and up to where it is on disk. */
  readonly written: string;
  readonly flushed: string;
}

const OBSERVE = `
  SELECT (SELECT to_jsonb(ownership) - 'only_row' FROM catalog.ownership) AS row,
         (SELECT coalesce(jsonb_agg(number ORDER BY number), '[]') FROM catalog.notes) AS writes,
         (SELECT jsonb_object_agg(relname, srsubstate) FROM pg_subscription_rel JOIN pg_class ON pg_class.oid = srrelid
          WHERE relname IN ('ownership', 'notes')) AS tables,
         (pg_current_wal_insert_lsn() - '0/0')::text AS written,
         (pg_current_wal_flush_lsn() - '0/0')::text AS flushed`;

/** What is written with `numbers` is what the model counts. */
export type Numbers = ReadonlyMap<string, number>;

export async function observe(lane: Lane, side: Side): Promise<Observed> {
  const [observed] = await lane.sql<Observed>(side, OBSERVE);
  if (observed === undefined) throw new Error('nothing was observed');
  return observed;
}

/** Whether a write would pass at a side right now: it changes no row. */
async function meetsFence(lane: Lane, side: Side): Promise<string> {
  try {
    await lane.sql(side, 'DELETE FROM catalog.notes WHERE false');
    return 'passes';
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

/** @returns one line for each difference; empty where the databases show what the model says. */
export async function compare(
  lane: Lane,
  state: State,
  numbers: Numbers,
): Promise<{ readonly differences: readonly string[]; readonly observed: Readonly<Record<Side, Observed>> }> {
  const differences: string[] = [];
  const observed = { monolith: await observe(lane, 'monolith'), service: await observe(lane, 'service') };
  for (const side of SIDES) {
    const view = viewOf(state, side);
    const { row, writes, tables } = observed[side];
    const expect = <T extends string | boolean>(what: string, found: T, expected: T) => {
      if (found !== expected) differences.push(`${side}: ${what} is ${found}, in the model ${expected}`);
    };
    expect(
      'the row of ownership',
      row === null ? 'none' : writeRow(row),
      view.row === undefined ? 'none' : writeRow(view.row),
    );
    const wanted = [...view.writes]
      .map((write) => numbers.get(write) ?? -1)
      .toSorted((one, other) => one - other);
    expect('what it holds', writes.join(), wanted.join());
    if (!(state.completed && side === 'monolith'))
      expect('a write', await meetsFence(lane, side), RULES.mayWrite(side, view.row) ? 'passes' : 'SH001');
    if (side === 'service' && !state.completed)
      for (const table of TABLES)
        expect(`${TABLE_NAMES[table]} ready`, tables?.[TABLE_NAMES[table]] === 'r', view.ready[table]);
  }
  return { differences, observed };
}

/** How often the receiver of a stream has failed. */
export async function failures(lane: Lane, side: Side): Promise<number> {
  const [row] = await lane.sql<{ errors: number }>(
    side,
    'SELECT coalesce(sum(apply_error_count), 0)::int AS errors FROM pg_stat_subscription_stats',
  );
  return row?.errors ?? 0;
}
