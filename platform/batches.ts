// Answers many questions by one query at a time: what is asked while one runs shares the next.
import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * @param ask answers all of the items, in their order. It works for many, so it takes part in nobody's transaction, call
 * or trace: it runs in the context in which the batches were created.
 * @returns a function that answers one of them, by a query that began after it was called: never by an older one.
 */
export function createBatches<Item, Answer>(
  ask: (items: readonly Item[]) => Promise<readonly Answer[]>,
): (item: Item) => Promise<Answer> {
  interface Waiting {
    readonly item: Item;
    readonly resolve: (answer: Answer) => void;
    readonly reject: (error: unknown) => void;
  }
  let next: Waiting[] = [];
  let running = false;
  const inOwnContext = AsyncLocalStorage.snapshot();

  async function run(): Promise<void> {
    running = true;
    while (next.length > 0) {
      const batch = next;
      next = [];
      try {
        const answers = await ask(batch.map(({ item }) => item));
        batch.forEach(({ resolve }, at) => resolve(answers[at] as Answer));
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    running = false;
  }

  return (item) =>
    new Promise((resolve, reject) => {
      next.push({ item, resolve, reject });
      if (!running) void inOwnContext(run);
    });
}
