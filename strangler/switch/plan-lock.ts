// Keeps apart the two that must not happen at once: that reads are sent to a service, and that its replication is ended.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Query } from './database.ts';

/** Any number that nothing else locks in the switch's database. */
const PLAN_LOCK = 7_041;
const POLL_MS = 25;

/**
 * Takes the lock for the session of `query`, and gives it back afterwards; a session that ends gives it back, too.
 * @returns undefined where somebody else holds it for the whole time.
 */
export async function withPlanLock<T>(
  capability: string,
  query: Query,
  deadlineMs: number,
  work: () => Promise<T>,
): Promise<{ readonly result: T } | undefined> {
  const deadline = performance.now() + deadlineMs;
  while (!(await isTaken(capability, query))) {
    if (performance.now() > deadline) return undefined;
    await sleep(POLL_MS);
  }
  try {
    return { result: await work() };
  } finally {
    // A session that is gone has lost it anyway.
    await query('SELECT pg_advisory_unlock($1, hashtext($2))', [PLAN_LOCK, capability]).catch(
      () => undefined,
    );
  }
}

async function isTaken(capability: string, query: Query): Promise<boolean> {
  const [row] = await query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1, hashtext($2)) AS taken', [
    PLAN_LOCK,
    capability,
  ]);
  return row?.taken === true;
}
