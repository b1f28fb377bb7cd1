// Questions to somebody far away that come up within a transaction: it is undone, they are asked, and its work begins anew
// with the answers at hand. So nobody waits for a lock whose holder waits for an answer.
import { AsyncLocalStorage } from 'node:async_hooks';
import { ShopError } from './errors.ts';

/** By what was asked about; undefined where nothing is known of it. */
type Answers = Map<string, unknown>;

const answersAtHand = new AsyncLocalStorage<Answers>();
/** Each asks for all that is open, so there is one more only where the database has shown something new meanwhile. */
const MOST_ROUNDS = 10;

class NotYetAsked extends Error {
  readonly ask: () => Promise<void>;
  constructor(ask: () => Promise<void>) {
    super('a transaction that asks others is to be run by askingOutside');
    this.ask = ask;
  }
}

/**
 * @param ask is called once for all that is not known yet: at once, or, within a transaction, after that was undone.
 * @returns by id; without those of which nothing is known.
 */
export async function askOutside<T>(
  ids: readonly string[],
  ask: (open: readonly string[]) => Promise<ReadonlyMap<string, T>>,
): Promise<ReadonlyMap<string, T>> {
  const answers = answersAtHand.getStore();
  if (answers === undefined) return ask(ids);
  const open = ids.filter((id) => !answers.has(id));
  if (open.length > 0)
    throw new NotYetAsked(async () => {
      const found = await ask(open);
      for (const id of open) answers.set(id, found.get(id));
    });
  const known = ids.map((id) => [id, answers.get(id)] as const);
  return new Map(known.filter((entry): entry is readonly [string, T & {}] => entry[1] !== undefined));
}

/**
 * @param inTransaction runs work that may be run again, since it has no effect but in the database.
 * @returns the same for work that asks others.
 */
export function askingOutside(
  inTransaction: <T>(work: () => Promise<T>) => Promise<T>,
): <T>(work: () => Promise<T>) => Promise<T> {
  return async (work) => {
    if (answersAtHand.getStore() !== undefined) return inTransaction(work);
    const answers: Answers = new Map();
    for (let round = 1; ; round += 1) {
      try {
        return await answersAtHand.run(answers, () => inTransaction(work));
      } catch (error) {
        if (!(error instanceof NotYetAsked)) throw error;
        if (round === MOST_ROUNDS)
          throw new ShopError('unavailable', 'unavailable', 'Too much changes just now. Try again.', {
            retryAfter: 1,
            cause: error,
          });
        await error.ask();
      }
    }
  };
}
