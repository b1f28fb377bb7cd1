// Waits for a condition of a replay, and names it where it does not come.
import { setTimeout as sleep } from 'node:timers/promises';

const DEADLINE_MS = 30_000;
const POLL_MS = 2;

/** @throws {Error} where it has not become true within 30 seconds: the bound tells a wrong thing from a slow machine. */
export async function eventually(what: string, isTrue: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  while (!(await isTrue())) {
    if (performance.now() > deadline) throw new Error(`waited in vain: ${what}`);
    await sleep(POLL_MS);
  }
}
