// Tells how far a diff is, and lets it wait while the stream is late: a comparison is never worth a late replica.
import { setTimeout as sleep } from 'node:timers/promises';
import { travel } from '../heartbeats.ts';
import { estimateRows } from '../tables.ts';
import type { Compared } from './chunks.ts';
import type { TableResult } from './saved-diff.ts';
import type { Shape } from './shape.ts';

export interface Progress {
  readonly table: string;
  readonly rows: number;
  /** As the owner's planner estimates it; never below what has been compared. */
  readonly rowsEstimated: number;
  readonly etaSeconds: number;
  readonly differences: number;
  /** How late the stream is, while that is waited for. */
  readonly lateMs: number | null;
}

export interface Pace {
  readonly after: (table: string, results: Iterable<TableResult>) => Promise<void>;
}

const LOOK_EVERY_MS = 1_000;
const PAUSE_MS = 500;
export const TRAVEL_DEADLINE_MS = 30_000;

/** @param rowsBefore what an earlier run has compared. */
export async function createPace(
  { replica, sides, owner }: Compared,
  shapes: readonly Shape[],
  rowsBefore: number,
  maxLagMs: number,
  onProgress: (progress: Progress) => void = () => undefined,
): Promise<Pace> {
  let estimated = 0;
  for (const { table } of shapes) estimated += await estimateRows(replica, sides[owner], table);
  const begin = performance.now();
  let waited = 0;
  let looked = begin;

  return {
    async after(table, results) {
      const all = [...results];
      const rows = sum(all.map((result) => result.rows));
      const rowsEstimated = Math.max(rows, estimated);
      const differences = sum(all.map(({ missing, extra, changed }) => missing + extra + changed));
      const msPerRow = (performance.now() - begin - waited) / Math.max(1, rows - rowsBefore);
      const etaSeconds = ((rowsEstimated - rows) * msPerRow) / 1_000;
      const tell = (lateMs: number | null) =>
        onProgress({ table, rows, rowsEstimated, etaSeconds, differences, lateMs });
      tell(null);
      if (performance.now() - looked < LOOK_EVERY_MS) return;
      const pause = performance.now();
      for (;;) {
        const lateMs = await travel(replica, sides, owner, TRAVEL_DEADLINE_MS);
        if (lateMs <= maxLagMs) break;
        tell(lateMs);
        await sleep(PAUSE_MS);
      }
      looked = performance.now();
      waited += looked - pause;
    },
  };
}

const sum = (numbers: readonly number[]) => numbers.reduce((one, other) => one + other, 0);
