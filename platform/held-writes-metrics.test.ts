import { Registry } from 'prom-client';
import { createHoldMetrics } from './held-writes-metrics.ts';
import { createHold } from './held-writes.ts';
import { until } from './testing/until.ts';

const never = new AbortController().signal;

/** A hold with room for one write, and the lines of its figures with a value. */
function open() {
  const registry = new Registry();
  const metrics = createHoldMetrics(registry, 'shop', 'catalog');
  const hold = createHold({
    maxCount: 1,
    maxBytes: 100,
    deadlineMs: 60_000,
    pauseMs: 1,
    onEnd: metrics.held,
  });
  metrics.watch(hold);
  const lines = async (name: string) =>
    (await registry.metrics()).split('\n').filter((line) => line.startsWith(`${name}{`));
  return { hold, lines };
}

test('writes that wait are told with what they keep in memory, by process and capability', async () => {
  const { hold, lines } = open();
  let isOpen = false;
  const write = hold.run({ bytes: 12, signal: never }, async () =>
    isOpen ? { answer: 'done' } : { refused: { state: 'DRAINING' } },
  );
  await until(() => hold.held().count === 1);
  expect(await lines('shop_writes_held')).toEqual(['shop_writes_held{capability="catalog"} 1']);
  expect(await lines('shop_writes_held_bytes')).toEqual(['shop_writes_held_bytes{capability="catalog"} 12']);
  isOpen = true;
  await write;
  expect(await lines('shop_writes_held')).toEqual(['shop_writes_held{capability="catalog"} 0']);
  expect(await lines('shop_writes_held_total')).toEqual([
    'shop_writes_held_total{capability="catalog",outcome="answered"} 1',
  ]);
  expect(await lines('shop_write_held_seconds_count')).toEqual([
    'shop_write_held_seconds_count{capability="catalog"} 1',
  ]);
});

test('a write that found no room is counted, and has waited for no time', async () => {
  const { hold, lines } = open();
  const tooMuch = { bytes: 101, signal: never };
  await expect(hold.run(tooMuch, async () => ({ refused: {} }))).rejects.toMatchObject({
    code: 'unavailable',
  });
  expect(await lines('shop_writes_held_total')).toEqual([
    'shop_writes_held_total{capability="catalog",outcome="full"} 1',
  ]);
  expect(await lines('shop_write_held_seconds_count')).toEqual([]);
});
