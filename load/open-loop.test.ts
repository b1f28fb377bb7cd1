import { setTimeout as sleep } from 'node:timers/promises';
import { createOpenLoop, type OpenLoopOptions } from './open-loop.ts';

function open(options: Partial<OpenLoopOptions>) {
  const begun: { due: number; at: number }[] = [];
  const dropped: number[] = [];
  const startAt = performance.now();
  const loop = createOpenLoop(startAt, {
    schedule: Array.from({ length: 100 }, (_, index) => index * 2),
    end: Infinity,
    maxInFlight: 1_000,
    signal: new AbortController().signal,
    async begin(index, due) {
      begun.push({ due, at: performance.now() - startAt });
      await options.begin?.(index, due);
    },
    drop: (due) => dropped.push(due),
    ...(options.schedule && { schedule: options.schedule }),
    ...(options.end !== undefined && { end: options.end }),
    ...(options.maxInFlight !== undefined && { maxInFlight: options.maxInFlight }),
    ...(options.signal && { signal: options.signal }),
  });
  return { loop, begun, dropped };
}

test('every action begins, none before it is due, although no earlier one is answered', async () => {
  const answers = Promise.withResolvers<void>();
  const { loop, begun } = open({ begin: () => answers.promise });
  await loop.run();
  expect(begun).toHaveLength(100);
  expect(begun.filter(({ due, at }) => at < due)).toEqual([]);
  expect(loop.inFlight()).toBe(100);
  answers.resolve();
  await loop.settle();
  expect(loop.inFlight()).toBe(0);
});

test('with as many in flight as allowed, further actions are dropped, and said to be', async () => {
  const answers = Promise.withResolvers<void>();
  const { loop, begun, dropped } = open({ maxInFlight: 10, begin: () => answers.promise });
  await loop.run();
  answers.resolve();
  expect({ begun: begun.length, dropped: dropped.length }).toEqual({ begun: 10, dropped: 90 });
});

test('what was due while the process was busy begins afterwards, each with its own due time', async () => {
  const { loop, begun } = open({
    async begin(index) {
      if (index === 10) for (const until = performance.now() + 100; performance.now() < until;);
    },
  });
  await loop.run();
  expect(begun.map(({ due }) => due)).toEqual(Array.from({ length: 100 }, (_, index) => index * 2));
  expect(Math.max(...begun.map(({ due, at }) => at - due))).toBeGreaterThan(90);
});

test('answers come in while the loop is behind', async () => {
  let answered = 0;
  const { loop, begun } = open({
    schedule: Array.from({ length: 1_000 }, () => 0),
    begin: () => sleep(0).then(() => void (answered += 1)),
  });
  await loop.run();
  expect(begun).toHaveLength(1_000);
  expect(answered).toBeGreaterThan(0);
});

test('nothing begins at the end or after it', async () => {
  const { loop, begun } = open({ end: 20 });
  await loop.run();
  expect(begun.map(({ due }) => due)).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16, 18]);
});

test('a signal ends it in the middle of a wait', async () => {
  const { loop, begun } = open({ schedule: [0, 60_000], signal: AbortSignal.timeout(50) });
  await loop.run();
  expect(begun).toHaveLength(1);
});

test('an action that throws is a bug, and ends the run', async () => {
  const { loop } = open({
    async begin(index) {
      if (index === 3) throw new Error('a bug');
    },
  });
  await expect(loop.run()).rejects.toThrow('a bug');
});
