import { setImmediate } from 'node:timers/promises';
import { ShopError } from './errors.ts';
import {
  createHold,
  refusalIn,
  type Attempted,
  type Hold,
  type HoldEnd,
  type HoldOptions,
  type KnownOwner,
} from './held-writes.ts';
import { until } from './testing/until.ts';

const DRAINING: KnownOwner = { owner: 'monolith', epoch: 1, state: 'DRAINING' };
const MOVED: KnownOwner = { owner: 'service', epoch: 2, state: 'ACTIVE' };
const BUSY = { kind: 'unavailable', code: 'unavailable', details: { retryAfter: 1 } };
/** No test waits so long. */
const LONG_MS = 60_000;

let ends: HoldEnd[];
beforeEach(() => (ends = []));

const open = (options: Partial<HoldOptions> = {}): Hold =>
  createHold({
    ...{ maxCount: 100, maxBytes: 10_000, deadlineMs: LONG_MS, pauseMs: 1 },
    onEnd: (end) => ends.push(end),
    ...options,
  });

const never = new AbortController().signal;
const write = (bytes = 10, signal = never) => ({ bytes, signal });

/** An attempt that is refused in the given ways, one after another, and then answered. */
function refusedBy(...refusals: readonly KnownOwner[]) {
  const told: (KnownOwner | undefined)[] = [];
  const left = [...refusals];
  return {
    told,
    attempt: async (known: KnownOwner | undefined): Promise<Attempted<string>> => {
      told.push(known);
      const refused = left.shift();
      return refused === undefined ? { answer: 'done' } : { refused };
    },
  };
}

test('a write that is answered at once is not held', async () => {
  const hold = open({ maxCount: 0 });
  expect(await hold.run(write(), refusedBy().attempt)).toBe('done');
  expect(ends).toEqual([]);
});

test('what an attempt throws, the write ends with, held or not', async () => {
  const hold = open();
  const notFound = new ShopError('not_found', 'not_found', 'None.');
  await expect(hold.run(write(), () => Promise.reject(notFound))).rejects.toBe(notFound);
  let tries = 0;
  const attempt = async () => {
    if ((tries += 1) > 2) throw notFound;
    return { refused: DRAINING };
  };
  await expect(hold.run(write(), attempt)).rejects.toBe(notFound);
  expect(ends).toEqual(['failed']);
  expect(hold.held()).toEqual({ count: 0, bytes: 0 });
});

test('a write goes on at once where another owner is told, without its turn', async () => {
  const hold = open({ pauseMs: LONG_MS });
  const { attempt, told } = refusedBy(MOVED);
  expect(await hold.run(write(), attempt)).toBe('done');
  expect(told).toEqual([undefined, MOVED]);
});

test('a write waits while the owner is handing over, and while the next one knows less than was told', async () => {
  const hold = open();
  const nobody = {};
  const { attempt, told } = refusedBy(DRAINING, DRAINING, nobody, MOVED, DRAINING, DRAINING);
  expect(await hold.run(write(), attempt)).toBe('done');
  expect(told).toEqual([undefined, DRAINING, DRAINING, DRAINING, MOVED, MOVED, MOVED]);
  expect(ends).toEqual(['answered']);
});

test('what waits is counted with what it keeps in memory, until it is answered', async () => {
  const hold = open();
  let isOpen = false;
  const attempt = async () => (isOpen ? { answer: 1 } : { refused: DRAINING });
  const writes = [hold.run(write(30), attempt), hold.run(write(12), attempt)];
  await until(() => hold.held().count === 2);
  expect(hold.held()).toEqual({ count: 2, bytes: 42 });
  isOpen = true;
  await Promise.all(writes);
  expect(hold.held()).toEqual({ count: 0, bytes: 0 });
});

test.each([
  ['many', { maxCount: 1 }, 1],
  ['much', { maxBytes: 99 }, 90],
])('a write is sent away at once where too %s wait, and shall come again', async (_what, limit, bytes) => {
  const hold = open(limit);
  const end = new AbortController();
  const first = hold.run(write(bytes, end.signal), async () => ({ refused: DRAINING }));
  await until(() => hold.held().count === 1);
  await expect(hold.run(write(), refusedBy(DRAINING).attempt)).rejects.toMatchObject(BUSY);
  // What needs not wait is none too many.
  expect(await hold.run(write(), refusedBy().attempt)).toBe('done');
  end.abort(new Error('gone'));
  await expect(first).rejects.toThrow('gone');
  expect(ends).toEqual(['full', 'left']);
  expect(await hold.run(write(), refusedBy(DRAINING).attempt)).toBe('done');
});

test('a write that has waited too long ends, and says what it met', async () => {
  const hold = open({ deadlineMs: 30 });
  const cause = new Error('reset');
  const waited = hold.run(write(), async () => ({ refused: {}, cause }));
  await expect(waited).rejects.toMatchObject({ ...BUSY, cause });
  expect(ends).toEqual(['late']);
  expect(hold.held()).toEqual({ count: 0, bytes: 0 });
});

test('the deadline does not end an attempt that is under way', async () => {
  const hold = open({ deadlineMs: 30 });
  const { promise, resolve } = Promise.withResolvers<Attempted<string>>();
  let tries = 0;
  const running = hold.run(write(), () =>
    (tries += 1) === 1 ? Promise.resolve({ refused: MOVED }) : promise,
  );
  await until(() => tries === 2);
  await new Promise((later) => setTimeout(later, 40));
  resolve({ answer: 'late, and done' });
  expect(await running).toBe('late, and done');
});

test('a caller that hangs up leaves at once, whether before, while or after it waits', async () => {
  const hold = open({ pauseMs: LONG_MS });
  const gone = new Error('gone');
  await expect(hold.run(write(1, AbortSignal.abort(gone)), async () => ({ refused: DRAINING }))).rejects.toBe(
    gone,
  );

  const end = new AbortController();
  const waits = hold.run(write(1, end.signal), async () => ({ refused: DRAINING }));
  await until(() => hold.held().count === 1);
  end.abort(gone);
  await expect(waits).rejects.toBe(gone);

  const during = new AbortController();
  let tries = 0;
  const tried = hold.run(write(1, during.signal), async () => {
    if ((tries += 1) === 2) during.abort(gone);
    return { refused: { ...MOVED, epoch: 1 + tries } };
  });
  await expect(tried).rejects.toBe(gone);
  expect(tries).toBe(2);
  expect(ends).toEqual(['left', 'left', 'left']);
  expect(hold.held()).toEqual({ count: 0, bytes: 0 });
});

test('of many that wait one tries per pause, in turn, and all do when one is answered', async () => {
  const pauseMs = 5;
  const hold = open({ pauseMs });
  let isOpen = false;
  const tried: number[] = [];
  const began = performance.now();
  const all = Array.from({ length: 50 }, (_none, who) =>
    hold.run(write(), async () => {
      tried.push(who);
      return isOpen ? { answer: who } : { refused: DRAINING };
    }),
  );
  await until(() => tried.length >= 110);
  // A slow machine makes it fewer.
  const pauses = (performance.now() - began) / pauseMs;
  expect(tried.length - 50).toBeLessThanOrEqual(1.5 * pauses + 2);
  // The first round is that of those who did not wait yet; then twice in turn, and none more often than another.
  expect(tried.slice(50, 110)).toEqual([...tried.slice(0, 50), ...tried.slice(0, 10)]);
  isOpen = true;
  const before = tried.length;
  expect(await Promise.all(all)).toEqual(Array.from({ length: 50 }, (_none, who) => who));
  expect(tried.length - before).toBe(50);
});

test('nothing is left to wake a process when nothing waits', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = timers();
  const hold = open();
  await hold.run(write(), refusedBy(DRAINING, DRAINING).attempt);
  await setImmediate();
  expect(timers()).toBe(before);
});

test('a refusal is told from other errors, whoever refused', () => {
  const extra = { ...MOVED };
  const refusal = new ShopError('conflict', 'not_the_owner', 'No.', { extra });
  expect(refusalIn(refusal)).toEqual(MOVED);
  expect(refusalIn(new ShopError('conflict', 'not_the_owner', 'No.'))).toEqual({});
  expect(refusalIn({ originalCode: 'SH001', detail: JSON.stringify(DRAINING) })).toEqual(DRAINING);
  expect(refusalIn(new ShopError('conflict', 'sku_taken', 'Taken.', { extra }))).toBeUndefined();
  expect(refusalIn(new Error('broken'))).toBeUndefined();
});
