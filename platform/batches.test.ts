import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate } from 'node:timers/promises';
import { createBatches } from './batches.ts';

test('whoever asks while a query runs shares the next one, and only one runs at a time', async () => {
  const batches: (readonly number[])[] = [];
  let running = 0;
  const double = createBatches(async (numbers: readonly number[]) => {
    expect((running += 1)).toBe(1);
    batches.push(numbers);
    await setImmediate();
    running -= 1;
    return numbers.map((number) => number * 2);
  });
  expect(await Promise.all([1, 2, 3, 4].map(double))).toEqual([2, 4, 6, 8]);
  expect(batches).toEqual([[1], [2, 3, 4]]);
  expect(await double(5)).toBe(10);
});

test('a query that fails fails for those who share it, and the next one is asked', async () => {
  const answer = createBatches(async (words: readonly string[]) => {
    await setImmediate();
    if (words.includes('bad')) throw new Error('bad word');
    return words;
  });
  const outcomes = await Promise.allSettled(['first', 'bad', 'with it'].map(answer));
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
  expect(await answer('after')).toBe('after');
});

test('a query runs in the context of none of those who ask', async () => {
  const transaction = new AsyncLocalStorage<string>();
  const see = createBatches(async (names: readonly string[]) => {
    await setImmediate();
    return names.map(() => transaction.getStore());
  });
  const asked = ['one', 'other'].map((name) => transaction.run(name, () => see(name)));
  expect(await Promise.all(asked)).toEqual([undefined, undefined]);
});
