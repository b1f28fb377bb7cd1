// Runs what needs a lock that everybody else is in the way of, without being in everybody's way: whoever asks for it
// holds up all that come after, so each try is short, and the pauses between them grow.
import { setTimeout as sleep } from 'node:timers/promises';
import { SetupError } from '#platform/setup-error.ts';
import { sqlState, type SideDatabase } from './side-database.ts';

const LOCK_TIMEOUT_MS = 100;
const FIRST_PAUSE_MS = 50;
const DEADLINE_MS = 60_000;
/** The lock was not to be had; or somebody who holds it waited for us, and PostgreSQL chose to end us. */
const IN_THE_WAY = ['55P03', '40P01'];

export interface ShortLockOptions {
  readonly lockTimeoutMs?: number;
  /** How long it is tried in all, in milliseconds. */
  readonly deadlineMs?: number;
}

/**
 * @param what is locked, for the error.
 * @param statements one transaction.
 * @returns what the last statement gives, and how often it was tried.
 * @throws {SetupError} where the lock was not to be had within the deadline.
 */
export async function withShortLocks(
  { side, query }: SideDatabase,
  what: string,
  statements: readonly string[],
  { lockTimeoutMs = LOCK_TIMEOUT_MS, deadlineMs = DEADLINE_MS }: ShortLockOptions = {},
): Promise<{ readonly rows: readonly unknown[]; readonly tries: number }> {
  const deadline = performance.now() + deadlineMs;
  const timeout = `SELECT set_config('lock_timeout', '${lockTimeoutMs}ms', true)`;
  for (let [tries, pause] = [1, FIRST_PAUSE_MS]; ; tries += 1, pause *= 2) {
    try {
      return { rows: await query([timeout, ...statements].join(';\n')), tries };
    } catch (error) {
      if (!IN_THE_WAY.includes(sqlState(error) ?? '')) throw error;
      if (performance.now() + pause > deadline)
        throw new SetupError(
          `a transaction at the ${side} does not let go of ${what}: pg_stat_activity shows it by xact_start`,
          { cause: error },
        );
      await sleep(pause);
    }
  }
}
