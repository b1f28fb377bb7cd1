import { createDice } from './dice.ts';
import { createTurns } from './turns.ts';

const dice = createDice(1);
const taken = <T>(turn: T | undefined): T => {
  if (turn === undefined) throw new Error('nobody is left');
  return turn;
};

test('whoever is free comes first, and a turn alone at its item did not overlap', () => {
  const turns = createTurns(['ada', 'ben', 'cleo']);
  const three = [1, 2, 3].map(() => taken(turns.take(dice)));
  expect(three.map(({ item }) => item).sort()).toEqual(['ada', 'ben', 'cleo']);
  expect(three.map((turn) => turn.overlapped())).toEqual([false, false, false]);
  three[1]?.end();
  expect(turns.take(dice)?.item).toBe(three[1]?.item);
});

test('where nobody is free a turn is given all the same, and both know', () => {
  const turns = createTurns(['ada']);
  const first = taken(turns.take(dice));
  const second = taken(turns.take(dice));
  first.end();
  second.end();
  expect([first.overlapped(), second.overlapped()]).toEqual([true, true]);
  expect(turns.take(dice)?.overlapped()).toBe(false);
});

test('a retired item is not given again, and its place can be taken once', () => {
  const turns = createTurns(['old']);
  turns.offer('too early');
  taken(turns.take(dice)).retire();
  expect(turns.take(dice)).toBeUndefined();
  turns.offer('new');
  turns.offer('too late');
  expect(taken(turns.take(dice)).item).toBe('new');
  expect(taken(turns.take(dice)).item).toBe('new');
});
