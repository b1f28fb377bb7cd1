// Waits for what the shop promises to reach by itself, and not for ever.
import { setTimeout as sleep } from 'node:timers/promises';

const PAUSE_MS = 50;

/**
 * Looks again and again until it sees what it waits for.
 * @returns what was seen last. @throws {Error} with that, where the time is up.
 */
export async function eventually<T>(
  look: () => Promise<T>,
  isDone: (seen: T) => boolean,
  withinMs = 30_000,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (isDone(seen)) return seen;
    if (Date.now() > deadline)
      throw new Error(`not within ${withinMs} ms; last seen: ${JSON.stringify(seen)}`);
    await sleep(PAUSE_MS);
  }
}

/** Does the same a number of times at once. */
export const atOnce = <T>(times: number, act: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: times }, (_value, index) => act(index)));

/** Does the same a number of times, one after another: for what a test needs, and is not about. */
export async function oneByOne<T>(times: number, act: (index: number) => Promise<T>): Promise<T[]> {
  const done: T[] = [];
  for (let index = 0; index < times; index += 1) done.push(await act(index));
  return done;
}
