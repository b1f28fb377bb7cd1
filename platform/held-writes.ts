// Holds writes while the right to write moves from one side to the other: so many, so much, and not for long.
//
// A write that is refused because this side does not own (any more, or yet) waits for its turn to try again, and with it
// all that come after. While they wait, one of them tries per pause, whichever has waited longest since it tried, so that a side
// that is handing over is not asked by everybody all the time; as soon as one is answered, all try. Fairness goes no further:
// there is no order between writes that wait, nor between them and those that come later.
import { ShopError } from './errors.ts';
import { translateNotTheOwner } from './not-the-owner.ts';

/** Who may write, as far as whoever refused knows it: `ACTIVE`, or `DRAINING` while it is handing over. */
export interface KnownOwner {
  readonly owner?: string;
  readonly epoch?: number;
  readonly state?: string;
}

export type Attempted<Answer> = { readonly answer: Answer } | Refused;

/** Nothing was written, or what may have been is done once however often it is tried. */
export interface Refused {
  /** `{}` where nobody is named. */
  readonly refused: KnownOwner;
  readonly cause?: unknown;
}

/**
 * Tries once, at the owner known so far, and heeds the caller's signal itself.
 * @param told of the latest epoch that was heard of while this write was tried; undefined the first time.
 * @throws what the write shall end with.
 */
export type Attempt<Answer> = (told: KnownOwner | undefined) => Promise<Attempted<Answer>>;

/** How it ended for a write that was refused: what its last attempt threw is `failed`, a caller that hung up `left`. */
export type HoldEnd = 'answered' | 'failed' | 'left' | 'late' | 'full';

export interface HoldOptions {
  /** Writes that may wait at once. */
  readonly maxCount: number;
  /** What they may keep in memory together. */
  readonly maxBytes: number;
  /** From the first refusal on. It ends the waiting, never an attempt that is under way. */
  readonly deadlineMs: number;
  /** Between two attempts of those that wait. */
  readonly pauseMs?: number;
  readonly onEnd?: (end: HoldEnd, heldMs: number) => void;
}

export interface HeldWrite {
  /** What it keeps in memory. */
  readonly bytes: number;
  /** Fires when the caller has gone, with what to throw then. */
  readonly signal: AbortSignal;
}

/** For the writes of one capability: what one of them finds out goes for all. */
export interface Hold {
  /**
   * Attempts until there is an answer.
   * @throws {ShopError} `unavailable`, to be sent again soon, where too many wait or this one has waited too long; the
   * signal's reason; what an attempt throws.
   */
  run<Answer>(write: HeldWrite, attempt: Attempt<Answer>): Promise<Answer>;
  readonly held: () => { readonly count: number; readonly bytes: number };
}

const PAUSE_MS = 20;

export function createHold(options: HoldOptions): Hold {
  const { maxCount, maxBytes, deadlineMs, pauseMs = PAUSE_MS, onEnd = () => undefined } = options;
  let [count, bytes] = [0, 0];
  /** Each lets one try; the first has waited longest. */
  const waiting = new Set<() => void>();
  let pulse: NodeJS.Timeout | undefined;
  const letTry = (most: number) => [...waiting].slice(0, most).forEach((go) => go());

  /** @returns whether it was let try, and not too late. @throws the signal's reason. */
  function turn(signal: AbortSignal, leftMs: number): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const go = () => leaveLine(() => resolve(true));
      const late = () => leaveLine(() => resolve(false));
      const hangUp = () => leaveLine(() => reject(signal.reason as Error));
      function leaveLine(then: () => void) {
        clearTimeout(timer);
        signal.removeEventListener('abort', hangUp);
        waiting.delete(go);
        if (waiting.size === 0) {
          clearInterval(pulse);
          pulse = undefined;
        }
        then();
      }
      waiting.add(go);
      pulse ??= setInterval(letTry, pauseMs, 1);
      const timer = setTimeout(late, leftMs);
      signal.addEventListener('abort', hangUp);
      if (signal.aborted) hangUp();
    });
  }

  /** Like `run`, for one that was refused, and is held now. */
  async function holdUntilAnswered<Answer>(
    { signal }: HeldWrite,
    attempt: Attempt<Answer>,
    first: Refused,
  ): Promise<Answer> {
    const end = performance.now() + deadlineMs;
    let told: KnownOwner | undefined;
    for (let last = first; ;) {
      const isNews = told === undefined || (last.refused.epoch ?? 0) > (told.epoch ?? 0);
      if (isNews) told = last.refused;
      if (!isNews || told?.state !== 'ACTIVE') {
        const leftMs = end - performance.now();
        if (leftMs <= 0 || !(await turn(signal, leftMs))) throw new Late(last);
      }
      signal.throwIfAborted();
      const outcome = await attempt(told);
      if ('answer' in outcome) return outcome.answer;
      last = outcome;
    }
  }

  return {
    held: () => ({ count, bytes }),
    async run(write, attempt) {
      const first = await attempt(undefined);
      if ('answer' in first) return first.answer;
      if (count + 1 > maxCount || bytes + write.bytes > maxBytes) {
        onEnd('full', 0);
        throw unavailable(first);
      }
      count += 1;
      bytes += write.bytes;
      const began = performance.now();
      const leave = (end: HoldEnd) => {
        count -= 1;
        bytes -= write.bytes;
        onEnd(end, performance.now() - began);
      };
      try {
        const answer = await holdUntilAnswered(write, attempt, first);
        leave('answered');
        letTry(waiting.size);
        return answer;
      } catch (error) {
        leave(error instanceof Late ? 'late' : write.signal.aborted ? 'left' : 'failed');
        throw error instanceof Late ? unavailable(error.last) : error;
      }
    },
  };
}

class Late extends Error {
  readonly last: Refused;
  constructor(last: Refused) {
    super('waited too long');
    this.last = last;
  }
}

/** @returns what a refusal says of the owner, be it the database's own, the contract's or the API's; undefined for anything else. */
export function refusalIn(error: unknown): KnownOwner | undefined {
  const refusal = error instanceof ShopError ? error : translateNotTheOwner(error);
  return refusal?.code === 'not_the_owner' ? (refusal.details.extra ?? {}) : undefined;
}

const unavailable = ({ refused, cause = refused }: Refused) =>
  new ShopError(
    'unavailable',
    'unavailable',
    'The data is moving to another side. Send it again soon, under the same idempotency key.',
    { retryAfter: 1, cause },
  );
