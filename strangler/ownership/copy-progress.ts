// How far the first copy is: rows copied, rows expected, and when it will be done.
import { FORWARD, streamName, type Replica, type Side } from './replica.ts';
import type { SideDatabase } from './side-database.ts';
import { sql } from './sql.ts';
import { subscribedTables, type TableState } from './subscriptions.ts';
import { estimateRows } from './tables.ts';

export interface CopyProgress {
  readonly tables: readonly { readonly table: string; readonly state: TableState }[];
  readonly rowsCopied: number;
  /** As the monolith's planner estimates it; never below what has been copied. */
  readonly rowsEstimated: number;
  /** Null until there is something to go by. */
  readonly etaSeconds: number | null;
  /** How often a worker has failed since this watch began. */
  readonly errors: number;
  readonly done: boolean;
}

interface Estimate {
  readonly rows: number;
}

/** @returns a function that tells how far the copy is each time that it is called. */
export async function watchCopy(
  replica: Replica,
  sides: Readonly<Record<Side, SideDatabase>>,
): Promise<() => Promise<CopyProgress>> {
  const { service, monolith } = sides;
  const name = streamName(replica, FORWARD);
  const estimates = new Map<string, number>();
  const copied = new Map<string, number>();
  const errorsBefore = await countErrors(service, name);
  const begin = performance.now();
  let rowsAtBegin: number | undefined;

  async function estimateOf(table: string): Promise<number> {
    let rows = estimates.get(table);
    if (rows === undefined) {
      rows = await estimateRows(replica, monolith, table);
      estimates.set(table, rows);
    }
    return rows;
  }

  return async () => {
    const tables = await subscribedTables(replica, service, FORWARD);
    const running = await service.query<Estimate & { table: string }>(
      sql('copying-rows', { schema: replica.schema }),
    );
    for (const { table, rows } of running) copied.set(table, rows);
    let [rowsCopied, rowsEstimated] = [0, 0];
    for (const { table, state } of tables) {
      const estimate = await estimateOf(table);
      const under = state === 'waiting' || state === 'copying';
      const rows = under ? (copied.get(table) ?? 0) : Math.max(estimate, copied.get(table) ?? 0);
      rowsCopied += rows;
      rowsEstimated += Math.max(estimate, rows);
    }
    rowsAtBegin ??= rowsCopied;
    const done = tables.length > 0 && tables.every(({ state }) => state === 'ready');
    const rate = (rowsCopied - rowsAtBegin) / (performance.now() - begin);
    return {
      tables,
      rowsCopied,
      rowsEstimated,
      etaSeconds: done ? 0 : rate > 0 ? (rowsEstimated - rowsCopied) / rate / 1_000 : null,
      errors: (await countErrors(service, name)) - errorsBefore,
      done,
    };
  };
}

async function countErrors({ query }: SideDatabase, name: string): Promise<number> {
  const [row] = await query<{ errors: number }>(sql('count-errors', { name }));
  return row?.errors ?? 0;
}
