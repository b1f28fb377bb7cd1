// One comparison: what a user was answered, held against the service, and asked again on both sides until it is decided.
import { setTimeout as sleep } from 'node:timers/promises';
import { ShopError } from '#platform/errors.ts';
import type { HttpAnswer } from '../../answers/http-answer.ts';
import { areAlike, decide, type Round } from './decide.ts';

/** How far a side's database was when it answered: `<incarnation>~<epoch>~<lsn>`. */
export type Position = string;

export type Outcome =
  | { readonly outcome: 'match' | 'lag' }
  | {
      readonly outcome: 'mismatch';
      readonly monolith: HttpAnswer;
      readonly service: HttpAnswer;
      /** Of the monolith's answer; the service had reached it. */
      readonly position: Position;
    }
  | { readonly outcome: 'inconclusive'; readonly reason: Reason; readonly cause?: unknown };

export type Reason =
  /** More than is kept of an answer. */
  | 'too_large'
  /** The monolith does not say how far it is: nothing is replicated. */
  | 'no_position'
  /** The service did not come as far in time. */
  | 'behind'
  /** What was asked about never held still. */
  | 'changing'
  /** It answered that it cannot, or not at all. */
  | 'monolith_failed'
  | 'service_failed'
  | 'too_slow'
  /** A mistake of this comparison: the log has it. */
  | 'unexpected';

/** The same request, to each side. @throws {Inconclusive} where there is no answer that could be compared. */
export interface Question {
  /** With its position, where it has one. */
  readonly askMonolith: (signal: AbortSignal) => Promise<HttpAnswer & { readonly position?: Position }>;
  /** @throws {ShopError} `behind`, where it has not reached that position. */
  readonly askService: (signal: AbortSignal, readAfter?: Position) => Promise<HttpAnswer>;
  /** False where the other side is no replica, but the monolith once more: it has no position to come to. */
  readonly isReplica: boolean;
}

/** No answer to compare with. */
export class Inconclusive extends Error {
  readonly reason: Reason;

  constructor(reason: Reason, cause?: unknown) {
    super(reason, { cause });
    this.reason = reason;
  }
}

const BEHIND_PAUSE_MS = 25;
const ROUND_PAUSE_MS = { least: 20, most: 80 };

/**
 * @param first what the user was answered.
 * @param signal ends the comparison, which is then `too_slow`, or `behind`.
 */
export async function compareSides(
  first: HttpAnswer,
  question: Question,
  signal: AbortSignal,
): Promise<Outcome> {
  try {
    requireAnswer(first, 'monolith_failed');
    const early = await question.askService(signal);
    requireAnswer(early, 'service_failed');
    if (areAlike(first, early)) return { outcome: 'match' };
    return await confirm(question, signal);
  } catch (error) {
    if (error instanceof Inconclusive)
      return { outcome: 'inconclusive', reason: error.reason, cause: error.cause };
    if (signal.aborted) return { outcome: 'inconclusive', reason: 'too_slow' };
    throw error;
  }
}

async function confirm(question: Question, signal: AbortSignal): Promise<Outcome> {
  const rounds: Round[] = [];
  let before = await ask(question, signal);
  for (;;) {
    const { position = '' } = before;
    const service = await askCaughtUp(question, position, signal);
    const after = await ask(question, signal);
    rounds.push({ before, service, after });
    const decision = decide(rounds);
    if (decision === 'lag') return { outcome: 'lag' };
    if (decision === 'mismatch') return { outcome: 'mismatch', monolith: after, service, position };
    if (decision === 'changing') throw new Inconclusive('changing');
    const { least, most } = ROUND_PAUSE_MS;
    await sleep(least + Math.random() * (most - least), undefined, { signal });
    before = after;
  }
}

async function ask({ askMonolith, isReplica }: Question, signal: AbortSignal) {
  const answer = await askMonolith(signal);
  requireAnswer(answer, 'monolith_failed');
  if (isReplica && answer.position === undefined) throw new Inconclusive('no_position');
  return answer;
}

/** As soon as it has come as far. */
async function askCaughtUp(
  { askService }: Question,
  position: Position,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  for (let isBehind = false; ; isBehind = true) {
    try {
      const answer = await askService(signal, position);
      requireAnswer(answer, 'service_failed');
      return answer;
    } catch (error) {
      // Asked once more, when the time was over.
      if (isBehind && signal.aborted) throw new Inconclusive('behind', error);
      if (!(error instanceof ShopError && error.code === 'behind')) throw error;
    }
    await sleep(BEHIND_PAUSE_MS, undefined, { signal }).catch((cause: unknown) => {
      throw new Inconclusive('behind', cause);
    });
  }
}

/** A side that has too much to do, or is about to stop, says nothing about what was asked. */
function requireAnswer({ status }: HttpAnswer, reason: Reason): void {
  const isMonolith = reason === 'monolith_failed';
  // That the service fails where the monolith does not is what is looked for.
  if (status === 429 || status === 503 || (isMonolith && status >= 500)) throw new Inconclusive(reason);
}
