// The service's answers to writes through the gateway are the monolith's, byte by byte: real processes on the same database,
// beside a monolith that is asked the same without a gateway.
import fc from 'fast-check';
import { request } from 'node:http';
import { pino } from 'pino';
import { CatalogServiceService } from '../../../generated/protos/shop/catalog/v1/catalog.ts';
import { startChild, type Child } from '#platform/children.ts';
import { connectGrpc } from '#platform/grpc/client.ts';
import { createHold } from '#platform/held-writes.ts';
import { withClient } from '#platform/postgres/owners.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import type { CatalogClient } from '../../answers/catalog.ts';
import { startGateway, type TestGateway } from '../testing.ts';
import { createAdministrators } from '../writes/administrator.ts';
import { followOwner } from '../writes/follow-owner.ts';
import { createHint, type Hint, type Side } from '../writes/hint.ts';
import { createWriteMetrics } from '../writes/metrics.ts';
import { createWriteService } from '../writes/service-side.ts';
import { bearer, SECRET } from '../writes/testing.ts';
import { catalogWrites } from './catalog-writes.ts';

const PATIENCE_MS = 30_000;

let databases: readonly [own: TestDatabase, through: TestDatabase];
let children: readonly [own: Child, behind: Child, service: Child];
let client: CatalogClient;
let gateway: TestGateway;
let hint: Hint;
let bases: readonly [own: string, through: string];
/** Of both, in the order in which they were made. */
const products: { readonly ids: readonly [own: string, through: string] }[] = [];

beforeAll(async () => {
  databases = [await createTestDatabase('monolith'), await createTestDatabase('monolith')];
  for (const { adminUrl } of databases)
    await withClient(adminUrl, (admin) =>
      admin.query(`INSERT INTO categories (slug, name) VALUES ('tea', 'Tea'), ('pots', 'Pots')`),
    );
  const common = {
    SHOP_JWT_SECRET: SECRET,
    SHOP_LOG_LEVEL: 'error',
    PAYMENT_PROVIDER_URL: 'http://127.0.0.1:1',
  };
  const [left, right] = databases;
  children = await Promise.all([
    startChild('monolith', 'monolith/main.ts', {
      ...{ ...common, MONOLITH_PORT: '0', MONOLITH_DATABASE_URL: left.url },
    }),
    startChild('monolith', 'monolith/main.ts', {
      ...{ ...common, MONOLITH_PORT: '0', MONOLITH_DATABASE_URL: right.url },
    }),
    startChild('catalog', 'extracted/catalog/main.ts', {
      ...{ ...common, CATALOG_PORT: '0', CATALOG_METRICS_PORT: '0', CATALOG_DATABASE_URL: right.url },
    }),
  ]);
  const [own, behind, service] = children.map(({ port }) => `127.0.0.1:${port}`) as [string, string, string];
  const log = pino({ level: 'silent' });
  client = connectGrpc(CatalogServiceService, {
    ...{ addresses: [service], defaultDeadlineMs: PATIENCE_MS, repeats: false, log },
  });
  hint = createHint();
  gateway = await startGateway(
    { url: `http://${behind}` },
    {
      deadlineMs: 2 * PATIENCE_MS,
      around: (toMonolith, { registry }) =>
        followOwner(toMonolith, {
          ...{ hint, writes: catalogWrites(client), findAdministrator: createAdministrators(SECRET) },
          atService: createWriteService({ log, patienceMs: PATIENCE_MS, maxInFlight: 10 }).write,
          hold: createHold({ maxCount: 0, maxBytes: 0, deadlineMs: 0 }),
          metrics: createWriteMetrics(registry, 'catalog'),
        }),
    },
  );
  bases = [`http://${own}`, gateway.url];
}, 120_000);
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  client.close();
  await Promise.all(children.map((child) => child.stop()));
  await Promise.all(databases.map((database) => database.drop()));
}, 60_000);

/** The epoch is nobody's here: nothing is replicated, and both sides write. */
const believe = (owner: Side) => hint.prove({ owner, epoch: undefined });

interface Sent {
  readonly method: string;
  /** `$0` stands for the product that was made first. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer | undefined;
}

interface Answered {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
  readonly by: unknown;
}

/** Of one connection, of this moment, or of the gateway. */
const NOT_COMPARED = ['date', 'connection', 'keep-alive', 'x-served-by', 'transfer-encoding'];

function send(at: 0 | 1, { method, path, headers, body }: Sent): Promise<Answered> {
  const { hostname, port } = new URL(bases[at]);
  const named = path.replace(/\$(\d+)/g, (_all, index) => products[Number(index)]?.ids[at] ?? 'none');
  return new Promise((resolve, reject) => {
    request(
      { hostname, port, method, path: named, headers: { 'x-request-id': 'the-same', ...headers } },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (more: string) => (text += more));
        response.once('end', () => {
          const kept = Object.entries(response.headers).filter(([name]) => !NOT_COMPARED.includes(name));
          const { statusCode: status, headers: all } = response;
          resolve({ status, headers: Object.fromEntries(kept), body: text, by: all['x-served-by'] });
        });
      },
    )
      .once('error', reject)
      .end(body);
  });
}

/** The same product has two ids, one on each database. */
const namesFor = (at: 0 | 1, text: string) =>
  products.reduce(
    (named, { ids }, index) =>
      named.replaceAll(new RegExp(ids[at], 'gi'), (id) =>
        id === ids[at] ? `$${index}` : `$${index} in capitals`,
      ),
    text,
  );

/** @returns who answered through the gateway, once it has been found the same as the monolith's own. */
async function compare(sent: Sent): Promise<string> {
  const [own, through] = [await send(0, sent), await send(1, sent)];
  const ids = [own, through].map(({ body }) => /"id":"([0-9a-f-]{36})"/.exec(body)?.[1] ?? '');
  const [left = '', right = ''] = ids;
  if (own.status === 201 && !products.some((each) => each.ids[0] === left))
    products.push({ ids: [left, right] });
  const expected = { sent, ...own, by: 'monolith', body: namesFor(0, own.body) };
  expect({ sent, ...through, by: 'monolith', body: namesFor(1, through.body) }).toEqual(expected);
  return `${own.status} by ${String(through.by)}`;
}

const json = { 'content-type': 'application/json' };
let count = 0;
const draft = (changes: object = {}) =>
  JSON.stringify({
    ...{ sku: `SKU-${(count += 1)}`, name: 'Kettle', description: 'Boils water.', category: 'tea' },
    price: { amount: 1_250, currency: 'EUR' },
    ...changes,
  });
const by = async (
  method: string,
  path: string,
  body?: string | Buffer,
  headers: Record<string, string> = {},
) =>
  compare({
    method,
    path,
    body,
    headers: { ...(body !== undefined && json), ...(await bearer()), ...headers },
  });

const newest = () => `/products/$${products.length - 1}`;

beforeEach(() => believe('service'));

test('products made, changed and archived by the service are answered as by the monolith', async () => {
  const key = { 'idempotency-key': 'made-once' };
  const body = draft({ name: '  Tête-à-tête 🫖 ', other: 1 });
  expect(await by('POST', '/products', body, key)).toBe('201 by catalog');
  expect(await by('POST', '/Products/', body, key)).toBe('201 by catalog');
  expect(await by('POST', '/products', draft(), key)).toBe('409 by catalog');
  expect(await by('POST', '/products', body)).toBe('409 by catalog');
  expect(await by('POST', '/products', draft({ category: 'none' }))).toBe('400 by catalog');
  expect(await by('PATCH', '/products/$0', '{"price":{"currency":"EUR","amount":7}}')).toBe('200 by catalog');
  expect(await by('PATCH', '/products/$0', '{"name":"A"}', { 'if-match': '"2"' })).toBe('200 by catalog');
  expect(await by('PATCH', '/products/$0', '{"name":"B"}', { 'if-match': 'W/"2"' })).toBe('412 by catalog');
  expect(await by('PATCH', '/products/$0', '{"name":"B"}', { 'if-match': '*', 'if-none-match': '*' })).toBe(
    '200 by catalog',
  );
  expect(await by('PATCH', '/products/01980000-0000-7000-8000-000000000001', '{"name":"B"}')).toBe(
    '404 by catalog',
  );
  expect(await by('DELETE', '/products/$0', undefined, { 'idempotency-key': 'gone' })).toBe('204 by catalog');
  expect(await by('DELETE', '/products/$0', undefined, { 'idempotency-key': 'gone' })).toBe('204 by catalog');
  expect(await by('DELETE', '/products/$0')).toBe('404 by catalog');
});

test.each([
  ['monolith', 'service'],
  ['service', 'monolith'],
] as const)('a key that the %s has answered is answered alike by the %s', async (first, second) => {
  const name = `first-at-${first}`;
  const writes = [
    ['POST', () => '/products', draft(), 201, {}],
    ['PATCH', newest, `{"name":" N ","price":{"currency":"EUR","amount":5}}`, 200, { 'if-match': '"1"' }],
    ['DELETE', newest, undefined, 204, {}],
  ] as const;
  for (const [method, path, body, status, headers] of writes)
    for (const side of [first, second]) {
      believe(side);
      const told = await by(method, path(), body, { ...headers, 'idempotency-key': `${name}-${method}` });
      expect(told).toBe(`${status} by ${side === 'service' ? 'catalog' : 'monolith'}`);
    }
});

test.each([
  ['POST', '/products', '', 400],
  ['POST', '/products', '[]', 400],
  ['POST', '/products', '\uFEFF{}', 400],
  ['POST', '/products', '{"sku":"A"}', 400],
  ['POST', '/products?dry=1', '{"sku":', 400],
  ['POST', '/products', `{"name":"${'x'.repeat(70_000)}"}`, 413],
  ['PATCH', '/products/$0', '{}', 400],
  ['PATCH', '/products/1', '{"name":"A"}', 400],
  ['PATCH', '/products/01980000-0000-4000-8000-000000000001', '{"name":"A"}', 404],
  ['DELETE', '/products/%E0%A4%A', undefined, 400],
] as const)('%s %s gets the monolith’s own words, body %#', async (method, path, body, status) => {
  expect(await by(method, path, body)).toBe(`${status} by monolith`);
});

test('whoever is no administrator hears the monolith’s own words', async () => {
  const body = draft();
  for (const authorization of [
    '',
    'Bearer x',
    (await bearer({ role: 'customer' })).authorization,
    (await bearer({ lifetime: -9 })).authorization,
    (await bearer({ secret: 'not the one that anybody has here' })).authorization,
  ])
    expect(await by('POST', '/products', body, { authorization })).toMatch(/^40[13] by monolith$/);
});

test('no write is answered otherwise by the service, whatever it is made of', async () => {
  const odd = fc.constantFrom<unknown>(
    ...[
      '',
      ' ',
      'A',
      'A--B',
      'a',
      'tea',
      'pots',
      'none',
      'x'.repeat(61),
      'é\u0301',
      '\u180e',
      '\u200b x',
      ' x ',
      '\0',
      '\ud800',
    ],
    ...[0, 1, -1, 1.5, 1e8, 1e8 + 1, null, true, [], {}, 'EUR', '🫖'.repeat(101)],
  );
  const price = fc.oneof(
    fc.record({
      amount: fc.oneof(fc.integer({ min: 1, max: 1e8 }), odd),
      currency: fc.oneof(fc.constant('EUR'), odd),
    }),
    odd,
  );
  const good = {
    sku: fc.integer({ min: 0, max: 400 }).map((number) => `S-${number}`),
    name: fc.string({ minLength: 1, maxLength: 12, unit: 'binary' }),
    description: fc.string({ minLength: 1, maxLength: 12 }),
    category: fc.constantFrom('tea', 'tea', 'tea', 'pots', 'pots', 'none'),
    price: fc.record({ amount: fc.integer({ min: 1, max: 1e8 }), currency: fc.constant('EUR') }),
  };
  const fields = fc.oneof(
    { weight: 6, arbitrary: fc.record(good) },
    { weight: 6, arbitrary: fc.record(good, { requiredKeys: [] }) },
    {
      weight: 2,
      arbitrary: fc.record(
        {
          sku: odd,
          name: fc.oneof(odd, good.name),
          description: odd,
          category: odd,
          price,
          __proto__: odd,
          other: odd,
        },
        { requiredKeys: [] },
      ),
    },
  );
  const body = fc.oneof(
    { weight: 8, arbitrary: fields.map((value) => JSON.stringify(value)) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        '',
        '{',
        '1',
        '"x"',
        'null',
        '{}',
        ' {"name":"A"}\n',
        '{"name":"A","name":"B"}',
      ),
    },
  );
  const contentType = fc.oneof(
    {
      weight: 9,
      arbitrary: fc.constantFrom(
        'application/json',
        'application/json; charset=utf-8',
        'Application/JSON;charset=UTF-8',
      ),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        'text/plain',
        'application/json; charset=utf-16',
        'application/json;',
        '*/*',
      ),
    },
  );
  const ifMatch = fc.option(fc.constantFrom('*', '"1"', 'W/"2"', '"1", "2"', '1', '"1234567890"'), {
    freq: 3,
    nil: undefined,
  });
  const key = fc.option(fc.constantFrom('k-1', 'k-2', 'k-3', 'k-4', 'two words', 'x'.repeat(256)), {
    freq: 2,
    nil: undefined,
  });
  const write = fc.record({
    method: fc.constantFrom('POST', 'POST', 'POST', 'PATCH', 'PATCH', 'PATCH', 'PATCH', 'PATCH', 'DELETE'),
    /** How many were made after it. */
    age: fc.integer({ min: 0, max: 5 }),
    ...{ body, contentType, ifMatch, key },
  });
  const seen: Record<string, number> = {};
  await fc.assert(
    fc.asyncProperty(write, fc.constantFrom<Side>('service', 'service', 'monolith'), async (each, side) => {
      believe(side);
      const path =
        each.method === 'POST' ? '/products' : `/products/$${Math.max(0, products.length - 1 - each.age)}`;
      const headers = {
        ...{ 'content-type': each.contentType },
        ...(each.ifMatch !== undefined && { 'if-match': each.ifMatch }),
        ...(each.key !== undefined && { 'idempotency-key': `${each.key}-${each.method}` }),
      };
      const told = await by(each.method, path, each.method === 'DELETE' ? undefined : each.body, headers);
      seen[told] = (seen[told] ?? 0) + 1;
    }),
    // A write that fails cannot be made smaller: what went before is in the database.
    { numRuns: 700, endOnFailure: true },
  );
  for (const outcome of [201, 200, 204, 400, 404, 409, 412])
    expect(seen).toHaveProperty([`${outcome} by catalog`]);
}, 120_000);
