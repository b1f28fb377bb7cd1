import { createServer } from 'node:net';
import { pino } from 'pino';
import { z } from 'zod';
import { CatalogServiceService } from '../generated/protos/shop/catalog/v1/catalog.ts';
import { readConfig, setting } from '#platform/config.ts';
import { connectGrpc, type GrpcClient } from '#platform/grpc/client.ts';
import { newId } from '#platform/ids.ts';
import { withClient } from '#platform/postgres/owners.ts';
import { openServer } from '#platform/postgres/server.ts';
import { openSecrets } from '#platform/secrets.ts';
import { until } from '#platform/testing/until.ts';
import { gone, logged, post, run, shopsOfEachTest, startShop, type RunningShop } from './testing.ts';

const { place, start, stopAfterwards } = shopsOfEachTest();

type ShopWithCatalog = RunningShop & {
  readonly catalog: string;
  readonly pids: { readonly catalog: number };
};
type CatalogClient = GrpcClient<typeof CatalogServiceService>;

const clients: CatalogClient[] = [];
afterEach(() => clients.splice(0).forEach((client) => client.close()));

function connect(shop: RunningShop): CatalogClient {
  const client = connectGrpc(CatalogServiceService, {
    addresses: [(shop as ShopWithCatalog).catalog],
    defaultDeadlineMs: 10_000,
    log: pino({ level: 'silent' }),
  });
  clients.push(client);
  return client;
}

const list = { pageSize: 100, pageToken: '', filter: undefined, order: 0 } as const;
const catalogPid = (shop: RunningShop) => (shop as ShopWithCatalog).pids.catalog;
const answers = (client: CatalogClient) =>
  client.listCategories({}, { deadlineMs: 1_000 }).then(
    () => true,
    () => false,
  );

test('a catalog service that is killed is started again at its address, the shop does not notice, and it ends with a start that was killed', async () => {
  const shop = await start(await place());
  const client = connect(shop);
  expect(await answers(client)).toBe(true);
  process.kill(catalogPid(shop), 'SIGKILL');
  await logged(shop, /catalog service \(process \d+\) has ended \(SIGKILL\): it is started again/);
  await logged(shop, /"restarted":\{"name":"catalog service","pid":\d+\}/);
  await until(() => answers(client));
  expect((await fetch(`${shop.shop}/health/ready`)).status).toBe(200);
  const revived = /"restarted":\{"name":"catalog service","pid":(\d+)\}/.exec(shop.output())?.[1];
  process.kill(shop.pids.start, 'SIGKILL');
  expect(await gone(Number(revived))).toBe(true);
});

test('when a port of a service is taken, the start names it in one line and leaves nothing running', async () => {
  const here = await place();
  for (const [variable, name] of [
    ['CATALOG_PORT', 'catalog'],
    ['CATALOG_METRICS_PORT', 'catalog metrics'],
    ['SWITCH_PORT', 'switch'],
    ['SWITCH_METRICS_PORT', 'switch metrics'],
  ] as const) {
    const port = Number(here.environment[variable]);
    const holder = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => holder.listen(port, '127.0.0.1', resolve));
    try {
      const { code, output } = await run('start', here.environment, '--products', '50', '--json');
      expect(code).toBe(1);
      expect(output).toContain(`port ${port} (${name}) is taken: end the program that holds it`);
      expect(here.postmaster()).toBeUndefined();
    } finally {
      holder.close();
    }
  }
});

test('a temporary shop on DATABASE_URL removes the database of the service as well', async () => {
  const { serverUrl } = readConfig({ serverUrl: setting('SHOP_TEST_ADMIN_URL', z.string()) });
  const here = await place();
  const shop = await startShop({ ...here.environment, DATABASE_URL: serverUrl }, '--temporary');
  stopAfterwards(shop);
  const left = () =>
    withClient(serverUrl, async (admin) => {
      const { rows } = await admin.query<{ name: string }>(
        `SELECT datname AS name FROM pg_database WHERE datname ~ '^shop_[0-9a-f]{8}_catalog$'
         UNION ALL SELECT rolname FROM pg_roles WHERE rolname ~ '^shop_[0-9a-f]{8}_catalog'`,
      );
      return rows.length;
    });
  expect(await left()).toBe(3);
  expect(await shop.stop()).toBe(0);
  expect(await left()).toBe(0);
});

test('the service has no rows until they are replicated; then it answers the products of the shop, and leaves writes to the monolith', async () => {
  const here = await place();
  const shop = await start(here);
  const client = connect(shop);
  expect(await client.listProducts(list)).toEqual({ products: [], nextPageToken: '' });
  expect(await run('switch', here.environment, 'replicate', 'catalog')).toMatchObject({ code: 0 });

  const { products } = (await (await fetch(`${shop.shop}/products?pageSize=100`)).json()) as {
    products: { id: string; name: string }[];
  };
  expect(products).toHaveLength(50);
  const served = await client.listProducts(list);
  expect(served.products.map(({ id, name }) => ({ id, name }))).toEqual(
    products.map(({ id, name }) => ({ id, name })),
  );

  const write = { id: newId(), requestId: undefined };
  await expect(client.archiveProduct(write)).rejects.toMatchObject({
    code: 'not_the_owner',
    kind: 'conflict',
    details: { extra: { owner: 'monolith', epoch: 1, state: 'ACTIVE' } },
  });
  const stopped = await run('switch', here.environment, 'stop', 'catalog', '--empty-service');
  expect(stopped).toMatchObject({ code: 0 });
  expect((await client.listProducts(list)).products).toEqual([]);
  expect(await shop.stop()).toBe(0);
  expect(await gone(catalogPid(shop))).toBe(true);
});

test('a reset on DATABASE_URL is refused while the catalog is replicated, and goes through afterwards', async () => {
  const [here, { folder }] = [await place(), await place()];
  const server = await openServer({ folder, secrets: openSecrets(folder), disposable: true });
  const environment = { ...here.environment, DATABASE_URL: server.adminUrl };
  const databases = () =>
    withClient(server.adminUrl, async (admin) => {
      const { rows } = await admin.query<{ name: string }>(
        `SELECT datname AS name FROM pg_database WHERE datname ~ '^shop_' ORDER BY 1`,
      );
      return rows.map(({ name }) => name);
    });
  try {
    await stopAfterwards(await startShop(environment)).stop();
    expect(await run('switch', environment, 'replicate', 'catalog')).toMatchObject({ code: 0 });
    expect(await run('reset', environment)).toEqual({
      code: 1,
      output:
        'npm run reset: shop_catalog is replicated: end that first, npm run switch -- stop <capability>\n',
    });
    expect(await databases()).toEqual(['shop_catalog', 'shop_monolith', 'shop_switch']);
    expect(await run('switch', environment, 'stop', 'catalog')).toMatchObject({ code: 0 });
    expect(await run('reset', environment)).toMatchObject({ code: 0 });
    expect(await databases()).toEqual([]);
  } finally {
    await server.stop();
  }
});

test('a key that was first used at the monolith is answered alike by the service', async () => {
  const here = await place();
  const shop = await start(here);
  const { token, customer } = (await (
    await post(shop, '/sessions', { email: 'admin@shop.test', password: 'shop-admin' })
  ).json()) as { token: string; customer: { id: string } };
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const send = (method: string, path: string, key: string, body?: object, more: object = {}) =>
    fetch(`${shop.shop}${path}`, {
      method,
      headers: { ...headers, 'idempotency-key': key, ...more },
      ...(body && { body: JSON.stringify(body) }),
    });

  const { categories } = (await (await fetch(`${shop.shop}/categories`)).json()) as {
    categories: { slug: string }[];
  };
  const category = categories[0]?.slug ?? '';
  const price = { currency: 'EUR', amount: 1_250 };
  // Not in the order of the contract, on purpose.
  const draft = { price, name: 'Kettle', sku: 'KEY-1', description: 'Boils water.', category };
  const created = await send('POST', '/products', 'create', draft);
  const product = (await created.json()) as { id: string };
  expect(created.status).toBe(201);
  const path = `/products/${product.id}`;
  const changed = await send('PATCH', path, 'change', { price, name: 'Pot' }, { 'if-match': '"1"' });
  expect(changed.status).toBe(200);
  expect((await send('DELETE', path, 'archive')).status).toBe(204);

  expect(await run('switch', here.environment, 'replicate', 'catalog')).toMatchObject({ code: 0 });
  expect(await run('switch', here.environment, 'stop', 'catalog')).toMatchObject({ code: 0 });

  const client = connect(shop);
  const caller = { metadata: { 'x-caller-id': customer.id } };
  const wirePrice = { amount: 1_250n, currency: 'EUR' };
  const first = { ...product, price: wirePrice };
  expect(
    await client.createProduct({ product: { ...draft, price: wirePrice }, requestId: 'create' }, caller),
  ).toEqual({ product: { ...first, etag: created.headers.get('etag') } });

  const update = { id: product.id, product: { price: wirePrice, name: 'Pot' }, updateMask: undefined };
  const keyed = { ...update, etag: '"1"', requestId: 'change' };
  const second = { product: { ...first, name: 'Pot', etag: '"2"' } };
  expect(await client.updateProduct(keyed, caller)).toEqual(second);
  const masked = { ...keyed, product: { ...keyed.product, sku: 'X' }, updateMask: ['name', 'price'] };
  expect(await client.updateProduct(masked, caller)).toEqual(second);
  expect(await client.archiveProduct({ id: product.id, requestId: 'archive' }, caller)).toEqual({});

  await expect(client.updateProduct({ ...keyed, etag: undefined }, caller)).rejects.toMatchObject({
    code: 'idempotency_key_reused',
  });
  // Somebody else's key of that name is a key of its own: the product is archived by now.
  await expect(client.archiveProduct({ id: product.id, requestId: 'archive' })).rejects.toMatchObject({
    code: 'not_found',
  });
});
