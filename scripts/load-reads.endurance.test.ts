import type { LoadReport } from '../load/report.ts';
import { startStaleProxy } from '../load/testing-stale-proxy.ts';
import { newPlace, run, startShop, type Place, type RunningShop } from './testing.ts';

let place: Place;
let shop: RunningShop;

beforeAll(async () => {
  place = await newPlace();
  shop = await startShop(place.environment, '--temporary');
});
afterAll(async () => {
  await shop.stop();
  place.remove();
});

/** Customers only look: at carts that few share, a busy machine makes them wait for each other, up to a 503. */
const WORDS = [
  '--rate',
  '40',
  '--mix',
  'browse=10',
  '--duration',
  '5',
  '--warmup',
  '0',
  '--customers',
  '5',
  '--admin',
  '50',
  '--json',
];

async function load(url: string, ...more: string[]) {
  const { code, output } = await run('load', {}, '--url', url, ...WORDS, ...more);
  const report = JSON.parse(/^\{.*\}$/m.exec(output)?.[0] ?? '') as LoadReport;
  return { code, report, complaints: output.split('\n').filter((line) => line.startsWith('npm run load: ')) };
}

test('the real monolith shows nothing old; but that no service does so either is not proven by it', async () => {
  const { code, report, complaints } = await load(shop.shop, '--prove-reads');
  expect(report.unexpectedBy).toEqual({});
  expect(report).toMatchObject({ stale: 0, verdict: 'inconclusive' });
  const { pairs, seenAgain } = report.reads;
  expect(report.reads).toEqual({
    pairs,
    pairsByService: 0,
    stale: 0,
    seenAgain,
    seenAgainByService: 0,
    backwards: 0,
  });
  expect(pairs).toBeGreaterThan(100);
  expect(seenAgain).toBeGreaterThan(20);
  expect(code).toBe(1);
  expect(complaints).toEqual([
    expect.stringMatching(
      /^npm run load: inconclusive: .*none of the reads after a write was served by a service/,
    ),
  ]);
});

test('old answers that a service gives now and then are counted, as stale reads and as reads that went backwards', async () => {
  const proxy = await startStaleProxy(shop.shop, 7);
  try {
    const { code, report, complaints } = await load(proxy.url);
    const { pairs, pairsByService, stale, seenAgainByService, backwards } = report.reads;
    expect(report).toMatchObject({ stale, verdict: 'failed' });
    expect(stale).toBeGreaterThan(0);
    expect(backwards).toBeGreaterThan(0);
    // Not every old answer went to somebody who could know better; each that is counted was an old answer.
    expect(pairsByService).toBeLessThan(pairs);
    expect(stale).toBeLessThanOrEqual(pairsByService);
    expect(backwards).toBeLessThanOrEqual(seenAgainByService);
    expect(report.servedBy['catalog']?.requests).toBe(proxy.planted());
    expect(
      [...report.examples.stale, ...report.examples.backwards].filter(
        ({ servedBy }) => servedBy !== 'catalog',
      ),
    ).toEqual([]);
    expect(code).toBe(1);
    // A busy machine may let the proxy lose an answer as well, which is counted by itself.
    expect(complaints).toEqual([
      expect.stringMatching(/^npm run load: failed: (.+; )?\d+ stale reads?; \d+ reads? went backwards/),
    ]);
  } finally {
    await proxy.stop();
  }
});
