import { createPasswords } from '../modules/customers/passwords.ts';
import { isSeeded } from './seed.ts';
import { tableNames } from './tables.ts';
import { digests, emptyShop, releaseAll, rows, seed, startProvider } from './testing.ts';

let provider: Awaited<ReturnType<typeof startProvider>>;
let shop: Awaited<ReturnType<typeof emptyShop>>;

beforeAll(async () => {
  provider = await startProvider();
  shop = await emptyShop();
  await seed(shop, { providerUrl: provider.url });
});
afterAll(releaseAll);

test('the same seed gives the same rows, and charges nobody twice', async () => {
  const again = await emptyShop();
  const before = provider.ledger.entries().length;
  await seed(again, { providerUrl: provider.url });
  expect(await digests(again)).toEqual(await digests(shop));
  expect(provider.ledger.entries().length).toBe(before);
});

test('another seed gives other rows, in every table but the categories', async () => {
  const other = await emptyShop();
  await seed(other, { providerUrl: (await startProvider()).url, seed: 2 });
  const [theirs, ours] = [await digests(other), await digests(shop)];
  for (const name of tableNames) expect(theirs[name] === ours[name]).toBe(name === 'categories');
});

test('more products change no customer', async () => {
  const larger = await emptyShop();
  await seed(larger, { products: 310 });
  expect((await digests(larger))['customers']).toBe((await digests(shop))['customers']);
});

test('the result counts what is in the database', async () => {
  const fresh = await emptyShop();
  const result = await seed(fresh, { providerUrl: provider.url });
  const [counted] = await rows(
    fresh.adminUrl,
    `SELECT (SELECT count(*)::int FROM products) AS products, (SELECT count(*)::int FROM categories) AS categories,
            (SELECT count(*)::int FROM customers WHERE role = 'customer') AS customers,
            (SELECT count(*)::int FROM orders) AS orders`,
  );
  expect(result).toEqual(counted);
  expect(result).toMatchObject({ products: 300, categories: 40, customers: 60 });
  expect(result.orders).toBeGreaterThan(100);
});

test.each([
  ['products', 'created_at'],
  ['customers', 'created_at'],
  ['orders', 'placed_at'],
])('the ids of %s are in the order of %s', async (table, time) => {
  const times = await rows(shop.adminUrl, `SELECT ${time} AS at FROM ${table} ORDER BY id`);
  const moments = times.map(({ at }) => (at as Date).getTime());
  expect(moments).toEqual(moments.toSorted((a, b) => a - b));
});

test('a search for a common word finds products', async () => {
  const found = await rows(
    shop.adminUrl,
    `SELECT name FROM products WHERE name_words @@ plainto_tsquery('english', 'bag')`,
  );
  expect(found.length).toBeGreaterThan(3);
});

test('the demo customer and the administrator can sign in, and the one has bought something', async () => {
  const passwords = createPasswords(4);
  const accounts = await rows(shop.adminUrl, `SELECT email, role, password_hash, id FROM customers`);
  const account = (email: string) => accounts.find((row) => row['email'] === email);
  expect(await passwords.verify('shop-customer', String(account('ada@shop.test')?.['password_hash']))).toBe(
    true,
  );
  expect(await passwords.verify('shop-admin', String(account('admin@shop.test')?.['password_hash']))).toBe(
    true,
  );
  expect(accounts.filter(({ role }) => role === 'admin').map(({ email }) => email)).toEqual([
    'admin@shop.test',
  ]);
  const adas = `SELECT FROM orders WHERE customer_id = '${String(account('ada@shop.test')?.['id'])}'`;
  expect((await rows(shop.adminUrl, adas)).length).toBe(5);
});

test('without a payment provider there are no orders', async () => {
  const fresh = await emptyShop();
  expect(await isSeeded(fresh.adminUrl)).toBe(false);
  expect(await seed(fresh)).toMatchObject({ products: 300, customers: 60, orders: 0 });
  expect(await isSeeded(fresh.adminUrl)).toBe(true);
});

test.each([
  { products: 0, customers: 3 },
  { products: 1, customers: 3 },
  { products: 3, customers: 0 },
])('a shop of $products products and $customers customers can be seeded too', async (size) => {
  const fresh = await emptyShop();
  const { url } = await startProvider();
  expect(await seed(fresh, { ...size, providerUrl: url })).toMatchObject(size);
});

test('of two seeds at once one makes the shop, and the other is refused in one line', async () => {
  const fresh = await emptyShop();
  const results = await Promise.allSettled([seed(fresh), seed(fresh)]);
  const refused = results.filter((result) => result.status === 'rejected');
  expect(refused.map(({ reason }) => String(reason))).toEqual([
    'SetupError: the shop is not empty, so it cannot be seeded: npm run reset begins afresh',
  ]);
});

test('a provider that does not answer leaves the database empty', async () => {
  const fresh = await emptyShop();
  const attempt = seed(fresh, { providerUrl: 'http://127.0.0.1:1' });
  await expect(attempt).rejects.toThrow('the payment provider at http://127.0.0.1:1 does not answer');
  expect(await isSeeded(fresh.adminUrl)).toBe(false);
});

test('a ledger that says otherwise about an order is noticed', async () => {
  const fresh = await emptyShop();
  const { url, ledger } = await startProvider();
  const [order] = await rows(shop.adminUrl, `SELECT id FROM orders WHERE status = 'confirmed' LIMIT 1`);
  await ledger.record(String(order?.['id']), () => ({ type: 'void' }));
  await expect(seed(fresh, { providerUrl: url })).rejects.toThrow(
    `the payment provider knows the order ${String(order?.['id'])} as voided, not captured: npm run reset`,
  );
  expect(await isSeeded(fresh.adminUrl)).toBe(false);
});
