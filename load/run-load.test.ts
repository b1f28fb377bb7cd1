import { setTimeout as sleep } from 'node:timers/promises';
import { createHistogram, latencyOf, recordMs } from './histogram.ts';
import type { LoadOptions } from './options.ts';
import type { LoadProgress } from './progress.ts';
import { runLoad } from './run-load.ts';
import { startFakeShop, type FakeShop, type Spoil } from './testing.ts';

let shop: FakeShop;
afterEach(() => shop.stop());

async function load(
  options: Partial<LoadOptions>,
  { spoil, onProgress }: { spoil?: Spoil; onProgress?: (progress: LoadProgress) => void } = {},
) {
  shop = await startFakeShop(spoil);
  return runLoad({ url: shop.url, rate: 100, duration: 1, warmup: 0, customers: 5, ...options }, onProgress);
}

/** Asks again as soon as it was answered, as a closed loop does, until it is told to stop. */
async function askInAClosedLoop(path: string, stop: AbortSignal) {
  const histogram = createHistogram();
  while (!stop.aborted) {
    const begin = performance.now();
    await (await fetch(shop.url + path)).text();
    recordMs(histogram, performance.now() - begin);
    await sleep(5);
  }
  return latencyOf(histogram);
}

test('a stall is seen by all who would have waited, where a closed loop sees one slow answer', async () => {
  const over = new AbortController();
  let closedLoop: ReturnType<typeof askInAClosedLoop> | undefined;
  const open = await load(
    { duration: 3 },
    {
      onProgress(progress) {
        if (progress.phase === 'preparing' && progress.done === 5)
          closedLoop = askInAClosedLoop('/cart', over.signal);
        // Once, a second after the begin.
        if (progress.phase === 'measuring' && progress.elapsed < 1.9) shop.stall(1_000);
      },
    },
  );
  over.abort();
  const closed = await closedLoop;
  // A third of the time nothing was answered: those who came first waited for a second, the last ones hardly.
  expect(open.latencyMs.max).toBeGreaterThan(950);
  expect(open.latencyMs.p99).toBeGreaterThan(850);
  expect(open.latencyMs.p90).toBeGreaterThan(400);
  expect(open.latencyMs.p50).toBeLessThan(400);
  expect(open).toMatchObject({ unexpected: 0, stale: 0, dropped: 0, arrivals: 300 });
  expect(closed?.max).toBeGreaterThan(950);
  expect(closed?.p90).toBeLessThan(400);
});

/** Does something once, when so many requests of the traffic have come. */
function atRequest(count: number, act: () => void): Spoil {
  let seen = 0;
  return ({ path }) => {
    if (path === '/cart' || /^\/products\/p\d+$/.test(path)) seen += 1;
    if (seen === count) act();
    return false;
  };
}

test('where this process is busy itself, that is in the latency, counted as late, and no verdict is given', async () => {
  const report = await load(
    {},
    {
      spoil: atRequest(20, () => {
        for (const end = performance.now() + 300; performance.now() < end;);
      }),
    },
  );
  expect(report.late).toBeGreaterThan(15);
  expect(report.lagMs.max).toBeGreaterThan(250);
  // Not only of the one request that was in flight: of all that were due meanwhile.
  expect(report.latencyMs.p90).toBeGreaterThan(100);
  expect(report).toMatchObject({
    verdict: 'inconclusive',
    reasons: expect.arrayContaining([expect.stringContaining('because this process was busy')]) as unknown,
  });
});

test('more in flight than allowed are dropped, counted, and no verdict is given', async () => {
  const report = await load({ maxInFlight: 5 }, { spoil: atRequest(20, () => shop.stall(400)) });
  expect(report.dropped).toBeGreaterThan(20);
  expect(report.arrivals).toBe(100);
  expect(report).toMatchObject({
    verdict: 'inconclusive',
    reasons: expect.arrayContaining([expect.stringContaining('were dropped')]) as unknown,
  });
});

test('a stale read is found, with what was written and what was read', async () => {
  const written = new Set<string>();
  const report = await load(
    { adminPercent: 100, rate: 200, duration: 0.5 },
    {
      spoil({ method, path }, { answer }) {
        if (method === 'PATCH') written.add(path);
        if (method !== 'GET' || !written.has(path)) return false;
        answer(200, { name: 'as it was', price: { amount: 1, currency: 'EUR' } });
        return true;
      },
    },
  );
  expect(report.stale).toBeGreaterThan(0);
  expect(report.readBack).toBeGreaterThan(report.stale);
  expect(report).toMatchObject({ verdict: 'failed', unexpected: 0 });
  expect(report.reasons[0]).toBe(`${report.stale} stale reads`);
  expect(report.examples.stale[0]).toMatchObject({
    step: 'readBack',
    request: expect.stringMatching(/^GET \/products\/p\d+$/) as string,
    what: expect.stringMatching(/^wrote \S.*, read (1|as it was)$/) as string,
    requestId: expect.stringMatching(/^load-/) as string,
  });
});

/** The fake shop's own three, and this run's. */
const PREPARED = 23;

test('a new product that cannot be found is a stale read', async () => {
  const report = await load(
    { adminPercent: 100, rate: 200, duration: 0.5 },
    {
      spoil({ method, path }, { answer }) {
        const number = Number(/^\/products\/p(\d+)$/.exec(path)?.[1]);
        if (method !== 'GET' || !(number > PREPARED)) return false;
        answer(404, { code: 'not_found' });
        return true;
      },
    },
  );
  expect(report.stale).toBe(report.actions.create?.requests);
  expect(report.examples.stale[0]?.what).toMatch(/^wrote Enamel mug .*, read nothing$/);
});

test('an answer that no action expects is counted by action and outcome, and shown with its request id', async () => {
  const report = await load(
    { declinedPercent: 0, rate: 200, duration: 0.5 },
    {
      spoil({ method, path }, { answer }) {
        if (`${method} ${path}` !== 'POST /orders') return false;
        answer(500, { code: 'internal' });
        return true;
      },
    },
  );
  const checkouts = report.actions.checkout?.requests ?? 0;
  expect(checkouts).toBeGreaterThan(0);
  expect(report.unexpectedBy).toEqual({ 'checkout 500 internal': checkouts });
  expect(report).toMatchObject({ verdict: 'failed', unexpected: checkouts });
  expect(report.checkouts.confirmed).toBe(0);
  expect(report.examples.unexpected).toHaveLength(Math.min(5, checkouts));
  expect(report.examples.unexpected[0]).toMatchObject({
    request: 'POST /orders',
    what: '500 internal',
    servedBy: 'writer',
    requestId: expect.stringMatching(/^load-/) as string,
  });
});

test('an empty cart and an order that nobody paid for are faults where the shop cannot mean them', async () => {
  let orders = 0;
  const report = await load(
    {
      mix: { browse: 0, cart: 0, add: 0, index: 0, checkout: 1 },
      adminPercent: 0,
      declinedPercent: 50,
      duration: 0.5,
    },
    {
      spoil({ path }, { answer }) {
        if (path !== '/orders') return false;
        orders += 1;
        if (orders % 2) answer(409, { code: 'cart_empty' });
        else answer(201, { status: 'confirmed' });
        return true;
      },
    },
  );
  expect(Object.keys(report.unexpectedBy).sort()).toEqual(['checkout 201', 'checkout 409 cart_empty']);
});

test('who takes longer than the timeout, and who hangs up, is counted under what happened', async () => {
  const report = await load(
    { timeout: 0.2, adminPercent: 0, duration: 0.5 },
    {
      spoil({ path }, { hangUp }) {
        if (path.startsWith('/products/')) hangUp();
        return path === '/cart' || path.startsWith('/products/');
      },
    },
  );
  expect(Object.keys(report.unexpectedBy).sort()).toEqual([
    expect.stringMatching(/^browse (UND_ERR_SOCKET|ECONNRESET)$/),
    'cart timeout',
  ]);
  expect(report.actions.cart?.latencyMs.p50).toBeGreaterThan(190);
  expect(report.actions.cart?.servedBy).toEqual({ nobody: report.actions.cart?.requests });
});

test('answers are split by who gave them, and checkouts by how they ended', async () => {
  const { requests, rate, servedBy, actions, checkouts } = await load({});
  expect(rate).toBe(requests);
  expect((servedBy['reader']?.requests ?? 0) + (servedBy['writer']?.requests ?? 0)).toBe(requests);
  expect(Object.values(actions).reduce((sum, step) => sum + step.requests, 0)).toBe(requests);
  expect(checkouts.confirmed + checkouts.declined).toBe(actions.checkout?.requests);
});

test('the warm-up is not measured, but what goes wrong in it counts', async () => {
  let seen = 0;
  const report = await load(
    { warmup: 0.5, adminPercent: 0, mix: { browse: 1, cart: 0, add: 0, index: 0, checkout: 0 } },
    {
      spoil({ path }, { answer }) {
        if (!path.startsWith('/products/') || (seen += 1) !== 10) return false;
        answer(503, {});
        return true;
      },
    },
  );
  expect(report).toMatchObject({
    seconds: 1,
    arrivals: 100,
    requests: 100,
    unexpectedBy: { 'browse 503': 1 },
  });
});

test('a signal ends the run early, with a report of what was', async () => {
  const report = await load({ duration: Infinity, signal: AbortSignal.timeout(500) });
  expect(report).toMatchObject({ unexpected: 0, stale: 0, dropped: 0 });
  expect(report.requests).toBeGreaterThan(0);
  expect(report.seconds).toBeGreaterThan(0);
  expect(report.seconds).toBeLessThan(0.9);
});

test('a signal during the preparations ends them at once', async () => {
  const interruption = new AbortController();
  const stopped = load(
    { signal: interruption.signal },
    {
      spoil({ path }) {
        if (path !== '/customers') return false;
        interruption.abort();
        return true;
      },
    },
  );
  await expect(stopped).rejects.toThrow('interrupted before the traffic began');
});

test('another machine is loaded only on request', async () => {
  shop = await startFakeShop();
  await expect(runLoad({ url: 'http://shop.example' })).rejects.toThrow(
    /is not this machine: add --allow-remote/,
  );
  await expect(runLoad({ url: 'http://localhost.example' })).rejects.toThrow(/is not this machine/);
});
