// Lets one coordinator at a time change a database's replication, by locks that die with their sessions.
import { setTimeout as sleep } from 'node:timers/promises';
import { SetupError } from '#platform/setup-error.ts';
import type { SideDatabase } from './side-database.ts';

/** Any number that nothing else in the project locks. */
const COORDINATOR_LOCK = 7_041_778;
const POLL_MS = 100;
/** Above the statement timeout: what a killed coordinator had begun goes on until then. */
const DEADLINE_MS = 90_000;

/**
 * On each side, in the very session that does the work: a statement of a killed coordinator goes on in its
 * session, and holds the lock until it has ended.
 * @param sides always in the same order, so that two never wait for each other.
 * @throws {SetupError} where somebody else holds it for too long.
 */
export async function withLock<T>(sides: readonly SideDatabase[], work: () => Promise<T>): Promise<T> {
  const [side, ...rest] = sides;
  if (side === undefined) return work();
  await takeLock(side);
  try {
    return await withLock(rest, work);
  } finally {
    // A session that is gone has lost it anyway.
    await side.query('SELECT pg_advisory_unlock($1)', [COORDINATOR_LOCK]).catch(() => undefined);
  }
}

/** Whether nobody changes the replication of a side's database just now. */
export async function lockIsFree({ query }: SideDatabase): Promise<boolean> {
  const [row] = await query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1) AS taken', [
    COORDINATOR_LOCK,
  ]);
  if (row?.taken === true) await query('SELECT pg_advisory_unlock($1)', [COORDINATOR_LOCK]);
  return row?.taken === true;
}

async function takeLock({ side, database, query }: SideDatabase): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  for (;;) {
    const [row] = await query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1) AS taken', [
      COORDINATOR_LOCK,
    ]);
    if (row?.taken === true) return;
    if (Date.now() > deadline) {
      throw new SetupError(
        `another command changes the replication of the ${side}'s database ${database}: wait for it, or end it`,
      );
    }
    await sleep(POLL_MS);
  }
}
