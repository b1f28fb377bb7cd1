// What the parallel run costs users, measured in turn, without and with it; the figures are told, and decide nothing. Client
// and gateway share one process here, so whatever the gateway does beside counts more than elsewhere.
import { pino } from 'pino';
import { createHistogram, latencyOf, recordMs } from '../../../load/histogram.ts';
import { number, readConfig, setting } from '#platform/config.ts';
import { openSides, type Sides } from '../../answers/testing-sides.ts';
import { startHeartbeats, type Heartbeats } from '../../ownership/heartbeats.ts';
import { catalogReads } from '../routes/catalog-service.ts';
import { startShadow } from './testing.ts';

const { percent, rate, turns } = readConfig({
  percent: setting('SHOP_SHADOW_PERCENT', number(10)),
  /** Reads a second. */
  rate: setting('SHOP_SHADOW_RATE', number(50)),
  /** Of each kind: a figure that is to be quoted takes a dozen. */
  turns: setting('SHOP_SHADOW_TURNS', number(2)),
});
/** A turn. */
const READS = 200;

let sides: Sides;
let heartbeats: Heartbeats;
beforeAll(async () => {
  sides = await openSides(500);
  heartbeats = startHeartbeats(sides.replica);
});
afterAll(async () => {
  await heartbeats.stop();
  await sides.close();
});

test('every read is answered the same with the parallel run as without, and what it takes is told', async () => {
  const rows = await sides.sql<{ id: string }>('monolith', 'SELECT id FROM catalog.products');
  const paths = [...rows.map(({ id }) => `/products/${id}`), '/products?pageSize=20', '/categories'];
  const reads = catalogReads(sides.client);
  const start = (share: number) =>
    startShadow({ url: sides.addresses.monolith }, (request, match) => reads.translate(request, match), {
      percent: share,
    });
  await using off = await start(0);
  // How far two that do the same differ: what is less than that is not known.
  await using control = await start(0);
  await using on = await start(percent);
  const gateways = { off, control, on };
  const names = ['off', 'control', 'on'] as const;
  const p99s = { off: [] as number[], control: [] as number[], on: [] as number[] };
  const p50s = { off: [] as number[], control: [] as number[], on: [] as number[] };
  const bodies = {
    off: new Map<string, string>(),
    control: new Map<string, string>(),
    on: new Map<string, string>(),
  };

  async function turn(which: (typeof names)[number], keep: boolean): Promise<void> {
    const { gateway } = gateways[which];
    const histogram = createHistogram();
    const begun = performance.now();
    const read = async (index: number) => {
      const due = begun + (index * 1_000) / rate;
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
      const path = paths[(index * 7) % paths.length] ?? '';
      const body = await (await gateway.fetch(path)).text();
      recordMs(histogram, performance.now() - due);
      bodies[which].set(path, body);
    };
    await Promise.all(Array.from({ length: READS }, (_, index) => read(index)));
    if (!keep) return;
    const { p50, p99 } = latencyOf(histogram);
    p50s[which].push(p50 ?? 0);
    p99s[which].push(p99 ?? 0);
  }
  for (const which of names) await turn(which, false);
  for (let count = 0; count < turns; count += 1)
    for (let at = 0; at < names.length; at += 1)
      await turn(names[(count + at) % names.length] ?? 'off', true);

  expect([...bodies.on].sort()).toEqual([...bodies.off].sort());
  expect(on.reports).toEqual([]);
  const medians = Object.fromEntries(
    names.map((name) => [name, { p50: median(p50s[name]), p99: median(p99s[name]) }]),
  );
  pino().info(
    { percent, rate, turns, reads: READS, medians, told: await on.told() },
    'latency in ms, the median of the turns: without the parallel run, without it again, and with it',
  );
}, 900_000);

const median = (values: readonly number[]): number =>
  values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0;
