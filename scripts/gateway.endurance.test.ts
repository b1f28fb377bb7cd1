import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClassifier } from '../strangler/gateway/routes/classify.ts';
import { TABLE } from '../strangler/gateway/routes/table.ts';
import { startChild, type Child } from '#platform/children.ts';
import { until } from '#platform/testing/until.ts';
import { gone, run, shopsOfEachTest, type RunningShop } from './testing.ts';

const { place, start } = shopsOfEachTest();

type ShopBehindGateway = RunningShop & {
  readonly monolith: string;
  readonly pids: RunningShop['pids'] & { readonly gateway: number };
};

const startBehindGateway = async (...words: string[]) =>
  (await start(await place(), ...words)) as ShopBehindGateway;

async function wordsOfOneInStock({ shop }: RunningShop): Promise<string> {
  const ask = async <T>(path: string) => (await (await fetch(`${shop}${path}`)).json()) as T;
  const { products } = await ask<{ products: { id: string; name: string }[] }>('/products?pageSize=100');
  for (const { id, name } of products)
    if ((await ask<{ available: number }>(`/stock/${id}`)).available > 0) return name;
  throw new Error('nothing is in stock');
}

/** More than it takes to be told that a gateway stops. */
const DRAIN_MS = 500;
const ASK_READINESS_EVERY_MS = 50;

const startGateway = (shop: ShopBehindGateway, port: number) =>
  startChild('gateway', 'strangler/gateway/main.ts', {
    GATEWAY_PORT: String(port),
    GATEWAY_MONOLITH_URL: shop.monolith,
    SHOP_DRAIN_MS: String(DRAIN_MS),
    SHOP_LOG_LEVEL: 'error',
  });

test('the shop is at the port of the gateway, and the monolith at its own', async () => {
  const here = await place();
  const shop = (await start(here)) as ShopBehindGateway;
  expect(shop.shop).toBe(`http://localhost:${8_080 + here.portOffset}`);
  expect(shop.monolith).toBe(`http://localhost:${3_000 + here.portOffset}`);
  for (const [url, metric] of [
    [shop.shop, /process="gateway"/],
    [shop.monolith, /process="monolith"/],
  ] as const) {
    expect((await fetch(`${url}/products`)).headers.get('x-served-by')).toBe('monolith');
    expect(await (await fetch(`${url}/metrics`)).text()).toMatch(metric);
  }
  expect(await run('buy', here.environment, '--words', await wordsOfOneInStock(shop))).toMatchObject({
    code: 0,
  });
  const figures = await (await fetch(`${shop.shop}/metrics`)).text();
  expect(figures).toMatch(/_count\{[^}]*route="\/orders",status="201",capability="orders",access="write"/);
});

test('every operation of the contract has a route in the gateway, and there is no route beyond', async () => {
  const shop = await startBehindGateway();
  const { paths } = (await (await fetch(`${shop.shop}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, unknown>>;
  };
  const promised = Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
  );
  const classify = createClassifier(TABLE);
  const routes = TABLE.flatMap((table) => table.routes.map(({ method, path }) => `${method} ${path}`));
  expect(routes.toSorted()).toEqual(promised.toSorted());
  for (const operation of promised) {
    const [method = '', url = ''] = operation.split(' ');
    expect(`${method} ${classify({ method, url })?.path}`).toBe(operation);
  }
});

test('a taken port of the gateway is named in one line, and nothing is left running', async () => {
  const here = await place();
  const port = 8_080 + here.portOffset;
  const holder = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => holder.listen(port, '127.0.0.1', resolve));
  try {
    const { code, output } = await run('start', here.environment, '--products', '50', '--json');
    expect(code).toBe(1);
    expect(output).toContain(`port ${port} (gateway) is taken: end the program that holds it`);
    expect(here.postmaster()).toBeUndefined();
  } finally {
    holder.close();
  }
});

test.each(['gateway', 'monolith'] as const)('when the %s dies, everything is stopped', async (victim) => {
  const here = await place();
  const shop = (await start(here)) as ShopBehindGateway;
  process.kill(shop.pids[victim], 'SIGKILL');
  expect(await shop.ended).toBe(1);
  expect(shop.output()).toMatch(new RegExp(`the ${victim} has ended`));
  for (const pid of [shop.pids.gateway, shop.pids.monolith, shop.pids.paymentProvider])
    expect(await gone(pid)).toBe(true);
  expect(here.postmaster()).toBeUndefined();
});

/** Customers who are sent to a gateway that says it is ready, as by a balancer that repeats nothing. */
function customers(ports: readonly number[], count: number) {
  const ready = new Set<number>();
  const failures: string[] = [];
  let requests = 0;
  let stopped = false;

  async function watch(port: number): Promise<void> {
    while (!stopped) {
      const answer = await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => undefined);
      await answer?.body?.cancel();
      if (answer?.ok) ready.add(port);
      else ready.delete(port);
      await sleep(ASK_READINESS_EVERY_MS);
    }
  }

  async function shop(name: string): Promise<void> {
    for (let round = 0; !stopped; round += 1) {
      const [port] = [...ready].slice(round % ready.size);
      if (port === undefined) throw new Error('no gateway is ready');
      const email = `${name}-${round}@shop.test`;
      const answer = await fetch(`http://127.0.0.1:${port}/customers`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email, password: 'password', name }),
      }).catch(String);
      requests += 1;
      if (typeof answer === 'string') failures.push(answer);
      else if (answer.status !== 201) failures.push(`${answer.status} ${await answer.text()}`);
      else await answer.body?.cancel();
      await sleep(10);
    }
  }

  const watching = ports.map(watch);
  const shopping = until(() => ready.size === ports.length).then(() =>
    Promise.all(Array.from({ length: count }, (_value, index) => shop(`c${index}`))),
  );
  return {
    failures,
    requests: () => requests,
    isReady: (port: number) => ready.has(port),
    async stop() {
      stopped = true;
      await Promise.all([...watching, shopping]);
    },
  };
}

test('two gateways are restarted one after the other under load, and not one request is lost', async () => {
  const here = await place();
  const shop = (await start(here)) as ShopBehindGateway;
  // Not just any: while one is stopped, an outgoing connection could take its port.
  const gateways: Child[] = [];
  for (const port of [8_081, 8_082]) gateways.push(await startGateway(shop, port + here.portOffset));
  const shopping = customers(
    gateways.map(({ port }) => port),
    4,
  );
  try {
    await until(() => shopping.requests() > 20);
    for (const [index, gateway] of gateways.entries()) {
      await gateway.stop();
      expect(await gateway.ended).toBe(0);
      await until(() => !shopping.isReady(gateway.port));
      gateways[index] = await startGateway(shop, gateway.port);
      await until(() => shopping.isReady(gateway.port));
    }
    const before = shopping.requests();
    await until(() => shopping.requests() > before + 20);
  } finally {
    await shopping.stop();
    await Promise.all(gateways.map((gateway) => gateway.stop()));
  }
  expect(shopping.failures).toEqual([]);
});
