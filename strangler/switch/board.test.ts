import { defaultPlan } from '../plans/plan.ts';
import { createBoard } from './board.ts';

/** Above the time that a test has: whoever is not woken fails it. */
const LONG_MS = 600_000;
const ending = new AbortController();
const never = ending.signal;
afterAll(() => ending.abort());
const planned = (servicePercent: number, version: number) => ({
  ...defaultPlan('catalog'),
  reads: { servicePercent, shadowPercent: 0 },
  version,
});

test('whoever waits is woken by a change, and by nothing else', async () => {
  const board = createBoard(['catalog']);
  const seen = board.plans();
  let woken = 0;
  const waiting = [1, 2].map(() => board.changed(seen, LONG_MS, never).then(() => (woken += 1)));
  board.store([defaultPlan('catalog')]);
  board.setReplicated('catalog', false);
  await new Promise(setImmediate);
  expect(board.plans()).toBe(seen);
  expect(woken).toBe(0);

  board.store([planned(25, 1)]);
  await Promise.all(waiting);
  expect(board.plans().get('catalog')).toMatchObject({ phase: 'canary', version: 1 });
}, 30_000);

test('a change between looking and waiting is not missed', async () => {
  const board = createBoard(['catalog']);
  const seen = board.plans();
  board.setReplicated('catalog', true);
  await board.changed(seen, LONG_MS, never);
  expect(board.plans().get('catalog')?.phase).toBe('replicating');
});

test('a wait ends with the time given to it, and with whoever waits', async () => {
  const board = createBoard(['catalog']);
  await board.changed(board.plans(), 1, never);
  const leaving = new AbortController();
  const wait = board.changed(board.plans(), LONG_MS, leaving.signal);
  leaving.abort();
  await wait;
});

test('the plan of a capability that there is not is not told of', () => {
  const board = createBoard(['catalog']);
  board.store([{ ...planned(1, 1), capability: 'teleport' }]);
  expect([...board.plans().keys()]).toEqual(['catalog']);
});
