import { setTimeout as sleep } from 'node:timers/promises';
import { createTold } from './told.ts';
import { position } from './testing.ts';

const open = () => createTold({ limit: 2, lifetimeMs: 60_000 });
const catalog = (lsn: number, incarnation = 'a', epoch = 1) => ({
  catalog: position(lsn, incarnation, epoch),
});

test('of two answers that cross each other, the one that has seen more counts, in whichever order they come', () => {
  for (const order of [
    [200, 150],
    [150, 200],
  ]) {
    const told = open();
    for (const lsn of order) told.add('c', catalog(100), catalog(lsn));
    expect(told.add('c', catalog(100), catalog(120))).toEqual(catalog(200));
    expect(told.recall('c', catalog(order[1] ?? 0))).toEqual(catalog(200));
  }
});

test('a cookie of another gateway that says more is believed, and one that cannot be compared is not', () => {
  const told = open();
  told.add('c', {}, catalog(100));
  expect(told.recall('c', catalog(300))).toEqual(catalog(300));
  expect(told.recall('c', catalog(300, 'b'))).toEqual({});
});

test('what the owner tells last holds where it is of another database', () => {
  const told = open();
  told.add('c', {}, catalog(100));
  expect(told.add('c', {}, catalog(5, 'b'))).toEqual(catalog(5, 'b'));
});

test('nothing is recalled without a cookie, of another session, or of one too many, or too long ago', async () => {
  const told = open();
  told.add('c', {}, catalog(200));
  expect(told.recall('c', {})).toEqual({});
  expect(told.recall('d', catalog(1))).toEqual(catalog(1));
  for (const key of ['d', 'e']) told.add(key, {}, catalog(1));
  expect(told.recall('c', catalog(1))).toEqual(catalog(1));

  const brief = createTold({ limit: 2, lifetimeMs: 1 });
  brief.add('c', {}, catalog(200));
  await sleep(5);
  expect(brief.recall('c', catalog(1))).toEqual(catalog(1));
});
