import fc from 'fast-check';
import { INITIAL_VALUE } from '../ground/ground.ts';
import type { RegisterEvent } from '../load/history.ts';
import { judgeOne, judgeRegisters } from './registers.ts';

const look = (invoked: number, completed: number, version: number, value: number): RegisterEvent => ({
  invoked,
  completed,
  version,
  value,
});
const change = (
  invoked: number,
  completed: number,
  version: number,
  replaced: number,
  value: number,
): RegisterEvent => ({ invoked, completed, version, value, replaced });

const texts = (events: readonly RegisterEvent[]) => judgeOne(events).map(({ text }) => text);

const good = [
  look(0, 1, 0, INITIAL_VALUE),
  change(1, 4, 1, INITIAL_VALUE, 10),
  // Both at once: either order would do.
  look(2, 5, 0, INITIAL_VALUE),
  look(2, 6, 1, 10),
  change(7, 9, 2, 10, 20),
  look(10, 11, 2, 20),
];

test('looks and changes in an order that every caller could have seen are linearizable', () => {
  expect(texts(good)).toEqual([]);
});

test.each([
  ['a change that was lost', good.filter(({ replaced }) => replaced !== 10), /nobody made it/],
  ['two changes of one version', [...good, change(7, 9, 2, 10, 21)], /version 2 was made twice/],
  ['a change upon what was not there', [...good, change(12, 13, 3, 19, 30)], /replaced 19, where 20 was/],
  [
    'a look at what was over already',
    [...good, look(12, 13, 1, 10)],
    /before an earlier one was begun or seen/,
  ],
  ['a look at what was not begun', [...good, look(0, 0.5, 1, 10)], /seen before it was made/],
  ['another value of the same version', [...good, look(12, 13, 2, 99)], /seen as 99, and is 20/],
])('%s is found', (_what, events, message) => {
  expect(texts(events)).toEqual(expect.arrayContaining([expect.stringMatching(message)]));
});

test('a change of which nobody was told counts from when it was asked for, and never ends', () => {
  const unknown = change(12, Infinity, 3, 20, 30);
  expect(texts([...good, unknown, look(13, 14, 2, 20), look(15, 16, 3, 30)])).toEqual([]);
});

test('what the owner holds at the end is looked at, too', () => {
  const rows = { registers: [{ register: 1, value: 10, version: 1 }] };
  const { checked, findings } = judgeRegisters(new Map([[1, good]]), rows);
  expect(checked).toBe(good.length);
  expect(findings).not.toEqual([]);
});

test('whatever is done at one moment within its call is linearizable; and not when two calls trade their moments', () => {
  const steps = fc.array(fc.record({ before: fc.nat(20), after: fc.nat(20), changes: fc.boolean() }), {
    minLength: 2,
    maxLength: 30,
  });
  fc.assert(
    fc.property(steps, (drawn) => {
      let [value, version] = [INITIAL_VALUE, 0];
      const events = drawn.map(({ before, after, changes }, index) => {
        const [invoked, completed] = [10 * index - before, 10 * index + after];
        if (!changes) return look(invoked, completed, version, value);
        const replaced = value;
        [value, version] = [index + 1, version + 1];
        return change(invoked, completed, version, replaced, value);
      });
      expect(judgeOne(events)).toEqual([]);
      const last = events.at(-1) as RegisterEvent;
      const early = { ...last, invoked: -100, completed: -50 };
      // At the very beginning it can only have been a look at what was there at first.
      const possible = last.replaced === undefined && last.version === 0;
      const alone =
        version === 1 && last.replaced !== undefined && drawn.filter(({ changes }) => !changes).length === 0;
      if (!possible && !alone) expect(judgeOne([...events.slice(0, -1), early])).not.toEqual([]);
    }),
  );
});
