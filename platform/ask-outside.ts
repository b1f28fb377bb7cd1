// Questions to somebody far away that come up within a transaction: it is undone, they are asked, and its work begins anew
// with the answers at hand. So nobody waits for a lock whose holder waits for an answer.
//
// An answer goes for everybody who had begun before it was asked for: where many change the same thing at once, each would
// otherwise have to ask anew about what all the others have added.
import { AsyncLocalStorage } from 'node:async_hooks';
import { ShopError } from './errors.ts';

/** When its work was begun for the first time, by performance.now(). */
interface Transaction {
  readonly begunAt: number;
}

export interface Outside<T> {
  /**
   * @param ask is called for all that is not known yet, and answers each: at once, or, within a transaction, after that
   * was undone.
   * @returns in the order of the ids. @throws what `ask` throws.
   */
  ask(
    ids: readonly string[],
    ask: (open: readonly string[]) => Promise<ReadonlyMap<string, T>>,
  ): Promise<readonly T[]>;
}

const current = new AsyncLocalStorage<Transaction>();
/** Each asks for all that is open, so there is one more only where the database has shown something new meanwhile. */
const MOST_ROUNDS = 20;
/** Longer than a request lasts. One that is missing is asked for again. */
const KEPT_MS = 30_000;

class NotYetAsked extends Error {
  readonly ask: () => Promise<void>;
  constructor(ask: () => Promise<void>) {
    super('a transaction that asks others is to be run by askingOutside');
    this.ask = ask;
  }
}

export function createOutside<T>(): Outside<T> {
  /** The oldest first. */
  const answers = new Map<string, { readonly askedAt: number; readonly answer: T }>();

  function keep(id: string, askedAt: number, answer: T): void {
    if ((answers.get(id)?.askedAt ?? -Infinity) > askedAt) return;
    answers.delete(id);
    answers.set(id, { askedAt, answer });
  }

  function forgetOld(): void {
    for (const [id, { askedAt }] of answers) {
      if (performance.now() - askedAt < KEPT_MS) return;
      answers.delete(id);
    }
  }

  return {
    async ask(ids, ask) {
      const transaction = current.getStore();
      if (transaction === undefined) return [...(await ask(ids)).values()];
      const known = (id: string) => {
        const kept = answers.get(id);
        return kept !== undefined && kept.askedAt >= transaction.begunAt ? [kept.answer] : [];
      };
      const open = ids.filter((id) => known(id).length === 0);
      if (open.length === 0) return ids.flatMap(known);
      throw new NotYetAsked(async () => {
        const askedAt = performance.now();
        for (const [id, answer] of await ask(open)) keep(id, askedAt, answer);
        forgetOld();
      });
    },
  };
}

/**
 * @param inTransaction runs work that may be run again, since it has no effect but in the database.
 * @returns the same for work that asks others.
 */
export function askingOutside(
  inTransaction: <T>(work: () => Promise<T>) => Promise<T>,
): <T>(work: () => Promise<T>) => Promise<T> {
  return async (work) => {
    if (current.getStore() !== undefined) return inTransaction(work);
    const transaction = { begunAt: performance.now() };
    for (let round = 1; ; round += 1) {
      try {
        return await current.run(transaction, () => inTransaction(work));
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
