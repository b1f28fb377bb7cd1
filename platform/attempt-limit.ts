// Slows down whoever guesses: after so many refused attempts under one name, no more for a while.
import { ShopError } from './errors.ts';

export interface AttemptLimit {
  /**
   * Makes an attempt. It counts if it is refused (`unauthenticated`), until the window that began with the first
   * refusal is over.
   * @param name whose attempts are counted together: an account's, at an address.
   * @throws {ShopError} `too_many_attempts`, without trying.
   */
  attempt<T>(name: string, work: () => Promise<T>): Promise<T>;
}

interface Tally {
  refused: number;
  /** Attempts whose outcome is not known yet. */
  pending: Set<Promise<unknown>>;
  readonly end: number;
}

/** Counts in this process's memory. Attempts that might exceed the limit wait for those before them to be decided. */
export function createAttemptLimit(
  limit: number,
  windowMs: number,
  now: () => number = Date.now,
): AttemptLimit {
  const tallies = new Map<string, Tally>();

  function tallyOf(name: string): Tally {
    for (const [old, { end, pending }] of tallies)
      if (end <= now() && pending.size === 0) tallies.delete(old);
    const tally = tallies.get(name) ?? { refused: 0, pending: new Set(), end: now() + windowMs };
    tallies.set(name, tally);
    return tally;
  }

  return {
    async attempt(name, work) {
      let tally = tallyOf(name);
      while (tally.refused < limit && tally.refused + tally.pending.size >= limit) {
        await Promise.race(tally.pending);
        tally = tallyOf(name);
      }
      if (tally.refused >= limit) {
        const retryAfter = Math.max(1, Math.ceil((tally.end - now()) / 1_000));
        throw new ShopError(
          'rate_limited',
          'too_many_attempts',
          'Too many refused attempts. Try again later.',
          { retryAfter },
        );
      }
      const outcome = work();
      const decided = outcome.then(
        () => undefined,
        (error: unknown) => {
          if (error instanceof ShopError && error.kind === 'unauthenticated') tally.refused += 1;
        },
      );
      tally.pending.add(decided);
      void decided.then(() => tally.pending.delete(decided));
      return outcome;
    },
  };
}
