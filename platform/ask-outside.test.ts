import { askingOutside, createOutside } from './ask-outside.ts';

/** Counts how often work was begun, and whether one is under way; questions must not come while one is. */
function newTransactions() {
  const seen = { begun: 0, open: 0, beside: 0 };
  const outside = createOutside<string>();
  const asked: (readonly string[])[] = [];
  const inTransaction = askingOutside(async (work) => {
    seen.begun += 1;
    seen.open += 1;
    return work().finally(() => (seen.open -= 1));
  });
  async function ask(...ids: readonly string[]): Promise<readonly string[]> {
    return outside.ask(ids, async (open) => {
      expect(seen.open).toBe(seen.beside);
      asked.push(open);
      return new Map(open.map((id) => [id, id.toUpperCase()]));
    });
  }
  return { seen, asked, ask, outside, inTransaction };
}

test('who asks within a transaction is answered after it was undone, and once', async () => {
  const { seen, asked, ask, inTransaction } = newTransactions();
  const found = await inTransaction(async () => {
    await ask('b');
    return ask('a', 'b', 'c');
  });
  expect(found).toEqual(['A', 'B', 'C']);
  expect(asked).toEqual([['b'], ['a', 'c']]);
  expect(seen.begun).toBe(3);
});

test('a transaction that asks nobody is run once, and one within another takes part in it', async () => {
  const { seen, ask, inTransaction } = newTransactions();
  expect(await inTransaction(async () => 1)).toBe(1);
  expect(seen.begun).toBe(1);
  const nested = async () => {
    seen.open -= 1;
    return inTransaction(() => ask('a')).finally(() => (seen.open += 1));
  };
  expect(await inTransaction(nested)).toEqual(['A']);
  expect(seen.begun).toBe(5);
});

test('an answer goes for all who had begun before it was asked for, and for nobody who begins later', async () => {
  const { seen, asked, ask, inTransaction } = newTransactions();
  let goOn: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (goOn = resolve));
  const early = inTransaction(async () => {
    await gate;
    return ask('a', 'b');
  });
  seen.beside = 1;
  await inTransaction(() => ask('a'));
  seen.beside = 0;
  goOn();
  expect(await early).toEqual(['A', 'B']);
  expect(asked).toEqual([['a'], ['b']]);
  await inTransaction(() => ask('a'));
  expect(asked.at(-1)).toEqual(['a']);
  expect(asked).toHaveLength(3);
});

test('outside of a transaction it is asked at once, each time', async () => {
  const { asked, ask } = newTransactions();
  await ask('a');
  expect(await ask('a')).toEqual(['A']);
  expect(asked).toEqual([['a'], ['a']]);
});

test('what goes wrong with the work or with the question is told, and nothing is run again for it', async () => {
  const { seen, outside, inTransaction } = newTransactions();
  await expect(inTransaction(() => Promise.reject(new Error('work')))).rejects.toThrow('work');
  expect(seen.begun).toBe(1);
  const failing = () => Promise.reject(new Error('question'));
  await expect(inTransaction(() => outside.ask(['a'], failing))).rejects.toThrow('question');
  expect(seen.begun).toBe(2);
});

test('work that asks for something new each time is given up', async () => {
  const { seen, ask, inTransaction } = newTransactions();
  await expect(inTransaction(() => ask(`id ${seen.begun}`))).rejects.toMatchObject({ kind: 'unavailable' });
  expect(seen.begun).toBe(20);
});
