// Slows down whoever guesses passwords: after so many refused sign-ins under one name, no more for a while.
//
// The tallies are rows, not memory: all processes of the shop count together, and one that dies forgets nothing.
// An attempt is counted before it is made, so that no more are made at once than are allowed; it is taken back when
// it succeeds. One that nobody decides, since its process died, counts for a few seconds: else whoever kills a process
// while customers sign in locks them out.
import { setTimeout as sleep } from 'node:timers/promises';
import { ShopError } from '#platform/errors.ts';

export const REFUSED_SIGN_INS = 10;
const WINDOW_MS = 60_000;
/**
 * How long an attempt that may be one too many waits for those before it to be decided, and how often it looks. On a
 * busy machine right passwords may have to queue; but not for longer than whoever sends requests again waits for one.
 */
const PATIENCE_MS = 10_000;
const PAUSE_MS = 20;

export interface Tally {
  /** Attempts that were refused, or whose outcome is not known yet. */
  readonly made: number;
  readonly refused: number;
  /** When its window ends, and all is forgotten; also which window it is. */
  readonly endsAt: Date;
}

export interface SignInTallies {
  /** Counts an attempt unless `limit` are counted already. @returns the tally, and whether it was counted. */
  count(name: string, limit: number, windowMs: number): Promise<Tally & { readonly counted: boolean }>;
  /** The attempt was refused. */
  refuse(name: string, endsAt: Date): Promise<void>;
  /** The attempt does not count. */
  takeBack(name: string, endsAt: Date): Promise<void>;
}

/**
 * Makes an attempt. It counts if it is refused (`unauthenticated`), until the window that began with the first is over.
 * @param name whose attempts are counted together: an account's, from an address.
 * @throws {ShopError} `too_many_attempts`, without trying.
 */
export type SignInLimit = <T>(name: string, attempt: () => Promise<T>) => Promise<T>;

export function createSignInLimit(tallies: SignInTallies, patienceMs = PATIENCE_MS): SignInLimit {
  return async (name, attempt) => {
    const deadline = Date.now() + patienceMs;
    let tally = await tallies.count(name, REFUSED_SIGN_INS, WINDOW_MS);
    while (!tally.counted) {
      if (tally.refused >= REFUSED_SIGN_INS || Date.now() >= deadline) throw tooMany(tally.endsAt);
      await sleep(PAUSE_MS);
      tally = await tallies.count(name, REFUSED_SIGN_INS, WINDOW_MS);
    }
    const { endsAt } = tally;
    try {
      const result = await attempt();
      await tallies.takeBack(name, endsAt);
      return result;
    } catch (error) {
      const refused = error instanceof ShopError && error.kind === 'unauthenticated';
      await (refused ? tallies.refuse(name, endsAt) : tallies.takeBack(name, endsAt));
      throw error;
    }
  };
}

function tooMany(endsAt: Date): ShopError {
  const retryAfter = Math.max(1, Math.ceil((endsAt.getTime() - Date.now()) / 1_000));
  return new ShopError('rate_limited', 'too_many_attempts', 'Too many refused attempts. Try again later.', {
    retryAfter,
  });
}
