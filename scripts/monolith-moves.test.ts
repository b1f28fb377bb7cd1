import { newId } from '#platform/ids.ts';
import {
  createProduct,
  draft,
  openMovingShop,
  type Answered,
  type Asked,
  type MovingShop,
} from './testing-moves.ts';
import type { Side } from '../strangler/ownership/replica.ts';

let shop: MovingShop;

beforeAll(async () => {
  shop = await openMovingShop();
});
afterAll(() => shop.close());
beforeEach(() => shop.move('monolith'));

const create = (more?: Asked) => createProduct(shop, more);
const servedBy = ({ headers }: Answered) => headers.get('x-served-by');
const etagOf = ({ headers }: Answered) => headers.get('etag');
const both = [
  ['monolith', 'service'],
  ['service', 'monolith'],
] as const satisfies readonly (readonly [Side, Side])[];

test('a change of a product that is sent to a monolith whose catalog has moved is answered as before, by the service', async () => {
  const { path } = await create();
  const before = await shop.ask('PATCH', path, { body: { name: 'Pot' } });
  expect(servedBy(before)).toBe('monolith');

  await shop.move('service');
  const after = await shop.ask('PATCH', path, { body: { name: 'Pan' } });
  expect(after.text).toBe(before.text.replace('Pot', 'Pan'));
  expect([etagOf(after), servedBy(after)]).toEqual(['"3"', 'catalog']);
  const read = await shop.ask('GET', path);
  expect([read.text, etagOf(read), servedBy(read)]).toEqual([after.text, '"3"', 'catalog']);

  await shop.move('monolith');
  const back = await shop.ask('PATCH', path, { body: { name: 'Jug' } });
  expect([etagOf(back), servedBy(back)]).toEqual(['"4"', 'monolith']);
});

test('what anybody may ask the catalog is answered alike on both sides, mistakes included', async () => {
  const { path, id, body } = await create();
  await create({ body: { ...draft(), name: 'Copper kettle', price: { amount: 99, currency: 'EUR' } } });
  const other = draft();
  await create({ body: other });
  const asked: readonly (readonly [string, string, Asked?])[] = [
    ['GET', path],
    ['GET', path.toUpperCase().replace('/PRODUCTS', '/products')],
    ['GET', path, { headers: { 'if-none-match': '"1"' } }],
    ['GET', `/products/${newId()}`],
    ['GET', '/products?pageSize=1'],
    ['GET', '/products?q=kettle&sort=price&minPrice=100'],
    ['GET', '/products?q=kettle&pageSize=2'],
    ['GET', '/products?category=none'],
    ['GET', '/categories'],
    ['GET', `/stock/${id}`],
    ['GET', `/stock/${newId()}`],
    ['PATCH', path, { body: { sku: other.sku } }],
    ['PATCH', path, { body: { category: 'none' } }],
    ['PATCH', path, { body: { name: 'x' }, headers: { 'if-match': '"7"' } }],
    ['PATCH', path, { body: { name: ' ' } }],
    ['PATCH', `/products/${newId()}`, { body: { name: 'x' } }],
    ['POST', '/products', { body: { ...draft(), sku: body['sku'] } }],
    ['POST', '/products', { body: { ...draft(), category: 'none' } }],
    ['DELETE', `/products/${newId()}`],
    ['PATCH', path, { body: { name: 'x' }, token: 'none' }],
  ];
  const askAll = async () => {
    const answers = [];
    for (const [method, where, more] of asked) {
      const { status, text, headers } = await shop.ask(method, where, more);
      const told = text.replace(/"requestId":"[^"]*"/, '');
      answers.push([`${method} ${where}`, status, told, headers.get('etag'), headers.get('content-type')]);
    }
    return answers;
  };
  const before = await askAll();
  await shop.move('service');
  expect(await askAll()).toEqual(before);
});

test('pages that were begun on one side go on at the other, and skip nothing', async () => {
  const category = 'tea';
  const made = [];
  for (let count = 0; count < 5; count += 1) made.push((await create()).id);
  const ids: unknown[] = [];
  let token: string | undefined;
  for (const side of ['monolith', 'service', 'monolith', 'service', 'monolith'] as const) {
    await shop.move(side);
    const page = await shop.ask(
      'GET',
      `/products?category=${category}&pageSize=1${token === undefined ? '' : `&pageToken=${token}`}`,
    );
    ids.push((page.body['products'] as { id: string }[])[0]?.id);
    token = page.body['nextPageToken'] as string | undefined;
  }
  expect(ids).toEqual(made.toReversed());
});

test.each(both)(
  'a write that was answered at the %s is answered alike at the %s under its key',
  async (from, to) => {
    await shop.move(from);
    const { path, ...made } = await create({ key: `create-${from}` });
    const draftOfIt = { ...(JSON.parse(made.text) as Record<string, unknown>) };
    delete draftOfIt['id'];
    const writes: readonly (readonly [string, string, Asked])[] = [
      ['POST', '/products', { body: draftOfIt, key: `create-${from}` }],
      ['PATCH', path, { body: { name: 'Pot' }, key: `weak-${from}`, headers: { 'if-match': 'W/"1"' } }],
      [
        'PATCH',
        path,
        {
          body: { price: { amount: 7, currency: 'EUR' }, sku: newId().toUpperCase() },
          key: `two-${from}`,
          headers: { 'if-match': '*' },
        },
      ],
      ['PATCH', path, { body: { description: '  with spaces ' }, key: `three-${from}` }],
      ['DELETE', path, { key: `archive-${from}` }],
    ];
    const sendAll = async () => {
      const answers = [];
      for (const write of writes) {
        const { status, text, headers } = await shop.ask(...write);
        answers.push([status, text, headers.get('etag')]);
      }
      return answers;
    };
    const first = await sendAll();
    expect(first.map(([status]) => status)).toEqual([201, 200, 200, 200, 204]);
    await shop.move(to);
    expect(await sendAll()).toEqual(first);
    const reused = await shop.ask('PATCH', path, { body: { name: 'Other' }, key: `three-${from}` });
    expect([reused.status, reused.body['code']]).toEqual([409, 'idempotency_key_reused']);
    const [row] = await shop.sql<{ version: number }>(
      to,
      'SELECT version FROM catalog.products WHERE id = $1',
      [made.id],
    );
    expect(row).toEqual({ version: 4 });
  },
);

test.each(both)(
  'an ETag that the %s gave is good at the %s, and no longer once the product has changed',
  async (from, to) => {
    await shop.move(from);
    const made = await create();
    await shop.move(to);
    const headers = { 'if-match': etagOf(made) ?? '' };
    expect((await shop.ask('PATCH', made.path, { body: { name: 'Pot' }, headers })).status).toBe(200);
    const late = await shop.ask('PATCH', made.path, { body: { name: 'Pan' }, headers });
    expect([late.status, late.body['code']]).toEqual([412, 'version_mismatch']);
  },
);
