import { askingOutside, askOutside } from './ask-outside.ts';

/** Counts how often work was begun, and whether one is under way. */
function newTransactions() {
  const seen = { begun: 0, open: false };
  const inTransaction = askingOutside(async (work) => {
    seen.begun += 1;
    seen.open = true;
    return work().finally(() => (seen.open = false));
  });
  return { seen, inTransaction };
}

function newQuestions(isOpen: () => boolean) {
  const asked: (readonly string[])[] = [];
  const ask = async (ids: readonly string[]) => {
    expect(isOpen()).toBe(false);
    asked.push(ids);
    return new Map(ids.filter((id) => id !== 'nobody').map((id) => [id, id.toUpperCase()]));
  };
  return { asked, ask };
}

test('who asks within a transaction is answered after it was undone, and once', async () => {
  const { seen, inTransaction } = newTransactions();
  const { asked, ask } = newQuestions(() => seen.open);
  const found = await inTransaction(async () => {
    await askOutside(['a', 'nobody'], ask);
    return askOutside(['a', 'b', 'nobody'], ask);
  });
  expect(found).toEqual(
    new Map([
      ['a', 'A'],
      ['b', 'B'],
    ]),
  );
  expect(asked).toEqual([['a', 'nobody'], ['b']]);
  expect(seen.begun).toBe(3);
});

test('a transaction that asks nobody is run once, and one within another takes part in it', async () => {
  const { seen, inTransaction } = newTransactions();
  const { ask } = newQuestions(() => seen.open);
  expect(await inTransaction(async () => 1)).toBe(1);
  expect(seen.begun).toBe(1);
  await inTransaction(async () => {
    seen.open = false;
    await inTransaction(() => askOutside(['a'], ask));
  });
  expect(seen.begun).toBe(5);
});

test('outside of a transaction it is asked at once, each time', async () => {
  const { asked, ask } = newQuestions(() => false);
  await askOutside(['a'], ask);
  expect(await askOutside(['a'], ask)).toEqual(new Map([['a', 'A']]));
  expect(asked).toEqual([['a'], ['a']]);
});

test('what goes wrong with the work or with the question is told, and nothing is run again for it', async () => {
  const { seen, inTransaction } = newTransactions();
  await expect(inTransaction(() => Promise.reject(new Error('work')))).rejects.toThrow('work');
  expect(seen.begun).toBe(1);
  const failing = () => Promise.reject(new Error('question'));
  await expect(inTransaction(() => askOutside(['a'], failing))).rejects.toThrow('question');
  expect(seen.begun).toBe(2);
});

test('work that asks for something new each time is given up', async () => {
  const { seen, inTransaction } = newTransactions();
  const { ask } = newQuestions(() => seen.open);
  await expect(inTransaction(() => askOutside([`id ${seen.begun}`], ask))).rejects.toMatchObject({
    kind: 'unavailable',
  });
  expect(seen.begun).toBe(10);
});
