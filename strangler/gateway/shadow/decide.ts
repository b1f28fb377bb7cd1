// Whether a difference is a mistake, or only that the service was late, or that what was asked about was being changed.
//
// A replica is always a little late, and rows change between two questions; so two answers that differ prove nothing. The
// same is therefore asked again, in rounds. In each, the monolith answers and says how far its database is; the service
// answers as soon as it has come as far, and not before; then the monolith answers once more. What the service said is
// from some moment between the monolith's two answers or a little later, and was not late:
//
// - If those two are alike, what was asked about has held still. If the service says the same now, it was late before: lag.
// - If it says something else, that counts against it. Not at once: a row may have been changed and changed back just
//   while the service was asked. In several rounds one after the other, by pauses of chance, and with the same answer of
//   the monolith each time, that is no accident any more: mismatch.
// - If the monolith's two answers differ, the round proves nothing. After too many of those: inconclusive.
//
// The monolith's second answer of a round is the first of the next one.
import { compareHttpAnswers, type HttpAnswer } from '../../answers/http-answer.ts';

export interface Round {
  /** The monolith's, with a position that the service has reached when it answers. */
  readonly before: HttpAnswer;
  readonly service: HttpAnswer;
  /** The monolith's again, asked when the service had answered. */
  readonly after: HttpAnswer;
}

export type Decision = 'lag' | 'mismatch' | 'changing' | 'again';

/** In a row, with a difference each. */
export const ROUNDS_TO_CONVICT = 3;
export const MAX_ROUNDS = 6;

/** @param rounds all so far, at least one. */
export function decide(rounds: readonly Round[]): Decision {
  const recent = rounds.slice(-ROUNDS_TO_CONVICT);
  const [first, last] = [recent[0], recent.at(-1)];
  if (first === undefined || last === undefined) return 'again';
  if (areAlike(last.before, last.after) && areAlike(last.before, last.service)) return 'lag';

  const convicts = ({ before, service, after }: Round) =>
    areAlike(before, after) && areAlike(first.before, before) && !areAlike(before, service);
  if (recent.length === ROUNDS_TO_CONVICT && recent.every(convicts)) return 'mismatch';
  return rounds.length >= MAX_ROUNDS ? 'changing' : 'again';
}

export const areAlike = (left: HttpAnswer, right: HttpAnswer): boolean =>
  compareHttpAnswers(left, right).length === 0;
