import type { LoadOptions } from './options.ts';
import type { LoadReport } from './report.ts';
import { runLoad } from './run-load.ts';
import { startFakeShop, type FakeShop, type Spoil } from './testing.ts';

let shop: FakeShop;
afterEach(() => shop.stop());

async function load(options: Partial<LoadOptions>, spoil?: Spoil): Promise<LoadReport> {
  shop = await startFakeShop(spoil);
  return runLoad({ url: shop.url, rate: 200, duration: 1, warmup: 0, customers: 5, ...options });
}

const writing = { adminPercent: 100 };
const looking = { adminPercent: 0, mix: { browse: 1, cart: 0, add: 0, index: 0, checkout: 0 } };

test('each change of a product is read at once, in a list, and later; with who answered', async () => {
  const { actions, reads, readBack, stale } = await load(writing);
  const requests = (step: keyof typeof actions) => actions[step]?.requests ?? 0;
  expect(requests('patch')).toBeGreaterThan(30);
  for (const step of ['readList', 'readAgain'] as const) expect(requests(step)).toBe(requests('patch'));
  expect(readBack).toBe(requests('patch') + requests('create') + requests('stock'));
  // In the list only what nobody else has changed by then.
  const alone = requests('create') + 2 * requests('patch');
  expect(reads.pairs).toBeGreaterThan(alone);
  expect(reads.pairs).toBeLessThanOrEqual(alone + requests('readList'));
  expect(reads).toMatchObject({ pairsByService: reads.pairs, stale: 0, backwards: 0 });
  expect(stale).toBe(0);
});

test('an earlier version is a stale read, although others write the same product meanwhile', async () => {
  let reads = 0;
  const report = await load({ ...writing, rate: 400 }, ({ method, path }, { answer }) => {
    if (method !== 'GET' || !/^\/products\/p\d+$/.test(path) || (reads += 1) % 10 !== 0) return false;
    answer(200, { name: 'as it was', price: { amount: 1 } }, { etag: '"0"' });
    return true;
  });
  const spoiled = Math.floor(reads / 10);
  expect(spoiled).toBeGreaterThan(10);
  expect(report.reads).toMatchObject({ stale: spoiled });
  expect(report).toMatchObject({ stale: spoiled, unexpected: 0, verdict: 'failed' });
  expect(report.examples.stale[0]?.what).toMatch(
    /^wrote .+ \(version \d+\), read (1|as it was) \(version 0\)$/,
  );
});

test('an old list is a stale read', async () => {
  const report = await load(writing, ({ method, path }, { answer }) => {
    if (method !== 'GET' || !path.startsWith('/products?pageSize=5')) return false;
    answer(200, { products: [] });
    return true;
  });
  expect(report.stale).toBeGreaterThan(0);
  expect(report.examples.stale[0]).toMatchObject({
    step: 'readList',
    what: expect.stringMatching(/, read nothing/) as string,
  });
});

test('a list that shows more than the product itself does afterwards is not the old one of the two', async () => {
  const LISTING_MS = 100;
  const states = new Map<string, { readonly at: number; readonly shown: object }[]>();
  let created = 0;
  const report = await load(
    { ...writing, rate: 400 },
    ({ method, path, authorization, body }, { answer }) => {
      const at = performance.now();
      if (path === '/products') states.set(`/products/p${(created += 1) + 3}`, [{ at, shown: body }]);
      const known = states.get(path) ?? [];
      const [before, last] = known.slice(-2);
      if (method === 'PATCH') known.push({ at, shown: { ...known.at(-1)?.shown, ...body } });
      if (method !== 'GET' || authorization !== undefined) return false;
      if (path.startsWith('/products?pageSize=5&')) {
        const list = () =>
          [...states].map(([key, all]) => ({ id: key.split('/').pop(), ...all.at(-1)?.shown }));
        setTimeout(() => answer(200, { products: list() }), LISTING_MS);
        return true;
      }
      // The first of two writers who came close together is shown what it wrote, although its list said more.
      if (before === undefined || last === undefined || last.at - before.at > LISTING_MS) return false;
      answer(200, before.shown, { etag: `"${known.length - 1}"` });
      return true;
    },
  );
  expect(report).toMatchObject({ unexpected: 0, verdict: 'failed' });
  expect(report.reads.stale).toBeGreaterThan(0);
  expect(report.examples.stale.filter(({ step }) => step !== 'readAgain')).toEqual([]);
});

test("another administrator's later change is no stale read", async () => {
  const written = new Map<string, number>();
  const report = await load(writing, ({ method, path, body }, { answer }) => {
    const version = written.get(path) ?? 1;
    if (method === 'PATCH') {
      // Somebody else writes right after.
      written.set(path, version + 2);
      answer(200, body, { etag: `"${version + 1}"` });
    } else if (method === 'GET' && written.has(path))
      answer(200, { name: 'of somebody else', price: { amount: 7 } }, { etag: `"${version}"` });
    else return false;
    return true;
  });
  expect(report.actions.patch?.requests).toBeGreaterThan(30);
  expect(report).toMatchObject({ stale: 0, unexpected: 0 });
});

test('who sees an earlier version than before is counted, once for each time', async () => {
  let looks = 0;
  const report = await load(looking, ({ method, path }, { answer }) => {
    if (method !== 'GET' || !/^\/products\/p\d+$/.test(path)) return false;
    looks += 1;
    answer(200, { id: path.slice(10) }, { etag: looks % 20 === 0 ? '"1"' : '"2"' });
    return true;
  });
  const { seenAgain, backwards } = report.reads;
  expect(seenAgain).toBeGreaterThan(20);
  expect(backwards).toBeGreaterThan(0);
  expect(backwards).toBeLessThanOrEqual(10);
  expect(report).toMatchObject({ verdict: 'failed', stale: 0, unexpected: 0 });
  expect(report.reasons[0]).toMatch(/^\d+ reads? went backwards$/);
  expect(report.examples.backwards[0]).toMatchObject({
    step: 'browse',
    what: 'saw version 2 before, and now 1',
  });
});

test('where nothing goes backwards none is counted, however often a product is seen again', async () => {
  const report = await load(looking);
  expect(report.reads).toMatchObject({ backwards: 0, seenAgainByService: report.reads.seenAgain });
  expect(report.reads.seenAgain).toBeGreaterThan(20);
  expect(report.verdict).not.toBe('failed');
});
