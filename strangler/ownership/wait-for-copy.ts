// Waits until a first copy is whole, keeps the stream moving meanwhile, and mends what a crash has cut off.
import { setTimeout as sleep } from 'node:timers/promises';
import { failpoint } from '#platform/failpoints.ts';
import { SetupError } from '#platform/setup-error.ts';
import { watchCopy, type CopyProgress } from './copy-progress.ts';
import { beat } from './heartbeats.ts';
import { withLock } from './lock.ts';
import { copyAgain, findLostCopies } from './lost-copies.ts';
import type { Replica, Side } from './replica.ts';
import { sqlState, type SideDatabase } from './side-database.ts';

export interface CopyOptions {
  readonly onProgress?: (progress: CopyProgress) => void;
  /** Ends the waiting; the copy itself goes on. */
  readonly signal?: AbortSignal;
  /** How long nothing may move before it gives up waiting. */
  readonly patienceMs?: number;
}

type Sides = Readonly<Record<Side, SideDatabase>>;

const POLL_MS = 100;
/** So many failures without a row between them are no accident any more. */
const HOPELESS_ERRORS = 10;
const PATIENCE_MS = 60_000;

/** @throws {SetupError} where it was stopped, fails again and again, or does not move. */
export async function waitForCopy(
  replica: Replica,
  sides: Sides,
  { onProgress, signal, patienceMs = PATIENCE_MS }: CopyOptions,
): Promise<void> {
  const look = await watchCopy(replica, sides);
  let [rowsBefore, errorsBefore] = [-1, 0];
  const watchForStall = createStallWatch(patienceMs);
  for (;;) {
    const progress = await look();
    // A copied table is ready when the stream has passed the position of its copy: on a monolith where nobody writes,
    // nothing would carry the stream on for half a minute. It also tells at once when the monolith is gone.
    const isStopped = await beat(replica, sides.monolith).then(() => false, isTableGone);
    onProgress?.(progress);
    if (isStopped) throw stoppedMeanwhile(replica);
    if (progress.done) return;
    if (progress.tables.length === 0) throw stoppedMeanwhile(replica);
    if (progress.rowsCopied !== rowsBefore)
      [rowsBefore, errorsBefore] = [progress.rowsCopied, progress.errors];
    if (progress.errors - errorsBefore >= HOPELESS_ERRORS) {
      throw new SetupError(
        `the copy of ${replica.capability} fails again and again: the log of the service's PostgreSQL says why`,
      );
    }
    await copyLostAgain(replica, sides);
    watchForStall(progress);
    if (signal?.aborted === true)
      throw new SetupError('interrupted: the copy goes on, and replicate shows it again');
    await failpoint('replicate.copying');
    await sleep(POLL_MS);
  }
}

const stoppedMeanwhile = ({ capability }: Replica) =>
  new SetupError(`the replication of ${capability} was stopped meanwhile`);

/** @throws whatever else it is. */
function isTableGone(error: unknown): true {
  if (sqlState(error) !== '42P01') throw error;
  return true;
}

async function copyLostAgain(replica: Replica, sides: Sides): Promise<void> {
  if ((await findLostCopies(replica, sides)).length === 0) return;
  await withLock([sides.monolith, sides.service], async () => {
    // By now somebody else may have done it.
    const lost = await findLostCopies(replica, sides);
    if (lost.length > 0) await copyAgain(replica, sides.service, lost);
  });
}

/** @returns a function that throws a {@link SetupError} when what it is told has been the same for too long. */
function createStallWatch(patienceMs: number): (progress: CopyProgress) => void {
  let [seen, seenAt] = ['', performance.now()];
  return ({ tables, rowsCopied }) => {
    const unready = tables.filter(({ state }) => state !== 'ready');
    const now = JSON.stringify([rowsCopied, unready]);
    if (now !== seen) [seen, seenAt] = [now, performance.now()];
    if (performance.now() - seenAt < patienceMs) return;
    throw new SetupError(
      `nothing has moved for ${patienceMs / 1_000} s: ${unready.map(({ table, state }) => `${table} is ${state}`).join(', ')}; ` +
        "pg_stat_activity and the log of the service's PostgreSQL say why; the copy goes on, and replicate shows it again",
    );
  };
}
