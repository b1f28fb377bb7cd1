// The service's answers through the gateway are the monolith's, byte by byte: real processes, on the same replicated data.
import fc from 'fast-check';
import { request } from 'node:http';
import { pino } from 'pino';
import { CatalogServiceService } from '../../../generated/protos/shop/catalog/v1/catalog.ts';
import { connectGrpc } from '#platform/grpc/client.ts';
import { until } from '#platform/testing/until.ts';
import { openSides, type Sides } from '../../answers/testing-sides.ts';
import type { CatalogClient } from '../../answers/catalog.ts';
import { createReadMetrics } from '../reads/metrics.ts';
import { createServiceSide } from '../reads/service-side.ts';
import { splitReads } from '../reads/split.ts';
import { beat } from '../../ownership/heartbeats.ts';
import { openSide } from '../../ownership/side-database.ts';
import { seen } from '../reads/testing.ts';
import { startGateway, type TestGateway } from '../testing.ts';
import { catalogReads } from './catalog-service.ts';

const PATIENCE_MS = 30_000;
/** More than two pages. */
const PRODUCTS = 60;

let sides: Sides;
let client: CatalogClient;
let gateway: TestGateway;
/** Which the service has reached. */
let position: string;
let product: { readonly id: string; readonly name: string; readonly slug: string };

beforeAll(async () => {
  sides = await openSides(PRODUCTS);
  client = connectGrpc(CatalogServiceService, {
    addresses: [sides.addresses.service],
    defaultDeadlineMs: PATIENCE_MS,
    repeats: false,
    log: pino({ level: 'silent' }),
  });
  gateway = await startGateway(
    { url: sides.addresses.monolith },
    {
      deadlineMs: 2 * PATIENCE_MS,
      around: (toMonolith, metrics, log) =>
        splitReads(toMonolith, {
          plans: () => [{ capability: 'catalog', reads: { servicePercent: 100 } }],
          services: [createServiceSide(catalogReads(client), { log, patienceMs: PATIENCE_MS })],
          metrics: createReadMetrics(metrics.registry, () => new Map()),
        }),
    },
  );
  const [first] = await sides.sql<NonNullable<typeof product>>(
    'monolith',
    'SELECT id, name, category_slug AS slug FROM catalog.products WHERE archived_at IS NULL LIMIT 1',
  );
  if (first === undefined) throw new Error('a seed without a product');
  product = first;
  position = await reachedPosition();
}, 300_000);
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  client.close();
  await sides.close();
}, 60_000);

async function reachedPosition(): Promise<string> {
  const [told] = await sides.sql<{ position: string }>(
    'monolith',
    "SELECT strangler.position('catalog') AS position",
  );
  const monolith = await openSide(sides.replica, 'monolith');
  await beat(sides.replica, monolith);
  await monolith.close();
  await until(async () => {
    const [row] = await sides.sql<{ reached: boolean }>(
      'service',
      "SELECT strangler.has_reached('catalog', $1) AS reached",
      [told?.position],
    );
    return row?.reached === true;
  });
  return told?.position ?? '';
}

interface Answered {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** Of one connection, of this moment, or of the gateway. */
const NOT_COMPARED = ['date', 'connection', 'keep-alive', 'x-served-by', 'set-cookie', 'transfer-encoding'];

function send(
  base: string,
  method: string,
  path: string,
  headers: Record<string, string>,
): Promise<Answered & { by: unknown }> {
  const { hostname, port } = new URL(base);
  return new Promise((resolve, reject) => {
    request(
      { hostname, port, method, path, headers: { 'x-request-id': 'the-same', ...headers } },
      (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => (body += text));
        response.once('end', () => {
          const kept = Object.entries(response.headers).filter(([name]) => !NOT_COMPARED.includes(name));
          resolve({
            status: response.statusCode,
            headers: Object.fromEntries(kept),
            body,
            by: response.headers['x-served-by'],
          });
        });
      },
    )
      .once('error', reject)
      .end();
  });
}

/** @returns who answered through the gateway, once it has been found the same as the monolith's own. */
async function compare(
  path: string,
  { method = 'GET', ...headers }: Record<string, string> = {},
): Promise<unknown> {
  const [own, { by, ...through }] = await Promise.all([
    send(sides.addresses.monolith, method, path, headers),
    send(gateway.url, method, path, { ...headers, ...seen(position) }),
  ]);
  expect({ ...through, by: 'monolith' }).toEqual(own);
  return by;
}

const words = () => encodeURIComponent(product.name.split(' ').at(-1) ?? '');

test('products, lists, searches and categories are the service’s, and the same as the monolith’s', async () => {
  for (const path of [
    '/products',
    '/Products/?sort=name&pageSize=7',
    '/products?sort=-price&minPrice=100&maxPrice=5000',
    '/products?sort=price&pageSize=100&other=1',
    `/products?category=${product.slug}&sort=newest`,
    '/products?category=no-such-one',
    `/products?q=${words()}`,
    `/products?q=+${words()}%20&sort=relevance`,
    '/products?q=%F0%9F%AB%96%ff',
    `/products?q=${'%F0%9F%AB%96'.repeat(150)}`,
    '/categories',
    '/categories/?a=b',
    `/products/${product.id}`,
    `/products/${product.id.toUpperCase()}/`,
    '/products/01980000-0000-7000-8000-000000000001',
  ]) {
    expect(`${path} by ${String(await compare(path))}`).toBe(`${path} by catalog`);
    expect(await compare(path, { method: 'HEAD' })).toBe('catalog');
  }
});

test('a list goes on at the service where the monolith left it', async () => {
  const { body } = await send(sides.addresses.monolith, 'GET', '/products?sort=name&pageSize=9', {});
  const { nextPageToken } = JSON.parse(body) as { nextPageToken: string };
  expect(await compare(`/products?sort=name&pageSize=9&pageToken=${nextPageToken}`)).toBe('catalog');
});

test('who has a product already is answered as by the monolith, whatever form the tag has', async () => {
  const own = await send(sides.addresses.monolith, 'GET', `/products/${product.id}`, {});
  const etag = String(own.headers['etag']);
  for (const tag of [etag, `W/${etag}`, `"x", ${etag}`, `"x",W/${etag} `, '*', '"x"', 'x', '', etag.slice(1)])
    for (const cache of ['max-age=0', 'no-cache', 'max-age=0, no-cache'])
      for (const path of [
        `/products/${product.id}`,
        '/categories',
        '/products/01980000-0000-7000-8000-000000000001',
      ])
        expect(await compare(path, { 'if-none-match': tag, 'cache-control': cache })).toBe('catalog');
});

test.each([
  '/products?sort=cheapest',
  '/products?minPrice=-1',
  '/products?maxPrice=many',
  '/products?maxPrice=100000001',
  '/products?pageSize=0',
  '/products?pageSize=',
  '/products?pageSize=101',
  '/products?pageSize=1e1',
  '/products?category=A%20B',
  '/products?category=',
  '/products?q=',
  '/products?q=%20',
  '/products?q=%00',
  `/products?q=${'x'.repeat(201)}`,
  '/products?q=a&q=b',
  '/products?pageToken=',
  '/products?pageToken=nonsense',
  `/products?pageToken=${'x'.repeat(4_001)}`,
  '/products/1',
  '/products/01980000-0000-9000-8000-000000000001',
  '/products/%E0%A4%A',
])('%s gets the monolith’s own words', async (path) => {
  expect(await compare(path)).toBe('monolith');
});

test('no question of the list is answered otherwise by the service, whatever it is made of', async () => {
  const value = fc.oneof(
    fc.constantFrom(
      '',
      '0',
      '1',
      '24',
      '100',
      '101',
      '-1',
      '1.5',
      '1e2',
      '0x10',
      '%205',
      '007',
      '+3',
      'NaN',
      '99999999999',
    ),
    fc.constantFrom(
      'newest',
      'name',
      '-price',
      'relevance',
      'constructor',
      '__proto__',
      'a-b',
      'A',
      'a--b',
      '%00',
      '%ff',
      '%',
    ),
    fc.string({ maxLength: 8 }).map(encodeURIComponent),
  );
  const name = fc.constantFrom(
    'q',
    'category',
    'minPrice',
    'maxPrice',
    'sort',
    'pageSize',
    'pageToken',
    'sort[]',
    'x',
    'Q',
  );
  const query = fc.array(
    fc.tuple(name, value).map((pair) => pair.join('=')),
    { maxLength: 4 },
  );
  const by = new Set<unknown>();
  await fc.assert(
    fc.asyncProperty(query, async (parts) => void by.add(await compare(`/products?${parts.join('&')}`))),
    { numRuns: 300 },
  );
  expect(by).toEqual(new Set(['catalog', 'monolith']));
});
