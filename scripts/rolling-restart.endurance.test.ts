import { gone, logged, post, run, shopsOfEachTest, type RunningShop } from './testing.ts';

const { place, start } = shopsOfEachTest();

/** The processes that run instead of those that were there at first, in the order in which they came. */
const successors = (shop: RunningShop) =>
  [...shop.output().matchAll(/"restarted":\{"name":"[^"]+","pid":(\d+)\}/g)].map(([, pid]) => Number(pid));

/** Leaves the cores to the processes that have to start meanwhile. */
const PAUSE_MS = 20;

/** Asks and writes steadily until it is told to stop. @returns everything that was not as it should be. */
function customers(shop: RunningShop, count: number) {
  const failures: string[] = [];
  let requests = 0;
  let stopped = false;
  async function shopping(name: string): Promise<void> {
    for (let round = 0; !stopped; round += 1) {
      const account = { email: `${name}-${round}@shop.test`, password: 'password', name };
      for (const [what, expected, call] of [
        ['list', 200, () => fetch(`${shop.shop}/products?pageSize=5`)],
        ['register', 201, () => post(shop, '/customers', account)],
        ['categories', 200, () => fetch(`${shop.shop}/categories`)],
      ] as const) {
        const answer = await call().catch(String);
        requests += 1;
        const text = typeof answer === 'string' ? answer : await answer.text();
        if (typeof answer === 'string' || answer.status !== expected) failures.push(`${what}: ${text}`);
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
    }
  }
  const all = Promise.all(Array.from({ length: count }, (_value, index) => shopping(`customer-${index}`)));
  return {
    async stop() {
      stopped = true;
      await all;
      return { failures, requests };
    },
  };
}

test('a rolling restart replaces every monolith under steady requests, and not one of them fails', async () => {
  const shop = await start(await place(), '--monoliths', '2');
  const shopping = customers(shop, 2);
  process.kill(shop.pids.start, 'SIGHUP');
  await logged(shop, /every monolith has been restarted/);
  const { failures, requests } = await shopping.stop();
  expect(failures).toEqual([]);
  expect(requests).toBeGreaterThan(20);
  expect(successors(shop)).toHaveLength(2);
  for (const pid of shop.pids.monoliths) expect(await gone(pid)).toBe(true);
});

test('a monolith that dies is started again, and its death fails no request', async () => {
  const shop = await start(await place(), '--monoliths', '2');
  const shopping = customers(shop, 2);
  process.kill(shop.pids.monoliths[0] ?? 0, 'SIGKILL');
  await logged(shop, /"restarted"/);
  process.kill(shop.pids.monoliths[1] ?? 0, 'SIGKILL');
  await logged(shop, /"restarted"[^]*"restarted"/);
  expect((await shopping.stop()).failures).toEqual([]);
});

test('without the load balancer there is no shop: when it dies, everything is stopped', async () => {
  const here = await place();
  const shop = await start(here, '--monoliths', '2');
  process.kill(shop.pids.loadBalancer, 'SIGKILL');
  expect(await shop.ended).toBe(1);
  expect(shop.output()).toMatch(/the load balancer has ended/);
  for (const pid of [...shop.pids.monoliths, shop.pids.paymentProvider]) expect(await gone(pid)).toBe(true);
  expect(here.postmaster()).toBeUndefined();
});

test.each(['0', '9', 'two', '1.5'])('%s monoliths are refused in one line', async (count) => {
  const { code, output } = await run('start', (await place()).environment, '--monoliths', count);
  expect(code).toBe(1);
  expect(output.trim()).toMatch(/^error: option '--monoliths <n>' .* expected a number from 1 to 8$/);
});
