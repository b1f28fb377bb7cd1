// What a join and a foreign key did, now that code does it: as few round trips, and the same promises.
import { jest } from '@jest/globals';
import { Client } from 'pg';
import { newId } from '#platform/ids.ts';
import { PUT_STOCK } from './seed/product-tables.ts';
import { CATEGORY } from './testing/ground.ts';
import { openTestShop, type TestShop } from './testing/test-shop.ts';

let opened: TestShop;
beforeAll(async () => {
  opened = await openTestShop();
});
afterAll(() => opened.close());

const checkout = () => ({
  idempotencyKey: newId(),
  paymentToken: 'tok_ok',
  shippingAddress: { name: 'A', line1: '1 Street', city: 'Town', postalCode: '1', country: 'DE' },
});

const newCustomer = async () =>
  (await opened.shop.customers.register({ email: `${newId()}@shop.test`, password: 'password', name: 'A' }))
    .id;

/** Products with plenty of stock. */
async function newProducts(count: number): Promise<readonly string[]> {
  const rows = await opened.sql<{ id: string }>(
    `INSERT INTO products (id, sku, name, description, category_slug, price_amount, price_currency)
     SELECT id, id, 'Kettle', 'Boils water.', $2, 250, 'EUR' FROM (
       SELECT uuidv7() AS id FROM generate_series(1, $1)
     ) AS made RETURNING id`,
    [count, CATEGORY],
  );
  const ids = rows.map(({ id }) => id);
  await opened.sql(PUT_STOCK, [ids, 1_000]);
  return ids;
}

async function customerWithLines(count: number): Promise<string> {
  const customer = await newCustomer();
  await opened.sql(
    `INSERT INTO cart_items (customer_id, product_id, quantity) SELECT $1, unnest($2::uuid[]), 1`,
    [customer, await newProducts(count)],
  );
  return customer;
}

/** How many statements the work sends, those that begin and end transactions among them. */
async function statementsOf(work: () => Promise<unknown>): Promise<number> {
  const send = jest.spyOn(Client.prototype, 'query');
  try {
    await work();
    return send.mock.calls.length;
  } finally {
    send.mockRestore();
  }
}

test('a cart takes as many statements with a hundred lines as with one', async () => {
  const [small, large] = [await customerWithLines(1), await customerWithLines(100)];
  expect((await opened.shop.carts.getCart(large)).items).toHaveLength(100);
  expect(await statementsOf(() => opened.shop.carts.getCart(small))).toBe(2);
  expect(await statementsOf(() => opened.shop.carts.getCart(large))).toBe(2);
});

test('a checkout takes as many statements with a hundred lines as with one', async () => {
  const [small, large] = [await customerWithLines(1), await customerWithLines(100)];
  const ofSmall = await statementsOf(() => opened.shop.orders.place(small, checkout()));
  expect(await statementsOf(() => opened.shop.orders.place(large, checkout()))).toBe(ofSmall);
  // Two transactions, and what the ports ask: a loop over lines would be far beyond.
  expect(ofSmall).toBeLessThanOrEqual(20);
});

test('a page of orders takes as many statements with a hundred orders as with one', async () => {
  const [one, hundred] = [await newCustomer(), await newCustomer()];
  for (const [customer, count] of [
    [one, 1],
    [hundred, 100],
  ] as const) {
    const [product] = await newProducts(1);
    await opened.sql(
      `WITH made AS (
         INSERT INTO orders (id, customer_id, idempotency_key, request_hash, status, step, total_amount, total_currency,
                             shipping_address)
         SELECT uuidv7(), $1::uuid, n::text, '', 'confirmed', 'done', 250, 'EUR', '{}' FROM generate_series(1, $2) AS n
         RETURNING id
       ), paid AS (
         INSERT INTO payments (order_id, token, amount, currency, status) SELECT id, '', 250, 'EUR', 'captured' FROM made
       )
       INSERT INTO order_items (order_id, line, product_id, name, unit_amount, quantity)
       SELECT id, 1, $3::uuid, 'Kettle', 250, 1 FROM made`,
      [customer, count, product],
    );
  }
  const { orders } = await opened.shop.orders.listOrders(hundred, 100);
  expect(new Set(orders.map(({ payment }) => payment.status))).toEqual(new Set(['captured']));
  expect(orders).toHaveLength(100);
  expect(await statementsOf(() => opened.shop.orders.listOrders(one, 100))).toBe(2);
  expect(await statementsOf(() => opened.shop.orders.listOrders(hundred, 100))).toBe(2);
});

test('every table lies in the schema of a module, and no foreign key leaves it', async () => {
  expect(
    await opened.sql(
      `SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v')`,
    ),
  ).toEqual([{ relname: '_prisma_migrations' }]);
  expect(
    await opened.sql(
      `SELECT conname FROM pg_constraint JOIN pg_class f ON f.oid = confrelid JOIN pg_class t ON t.oid = conrelid
       WHERE contype = 'f' AND f.relnamespace <> t.relnamespace`,
    ),
  ).toEqual([]);
});

test('nothing that the catalog does not sell gets into a cart, and nothing else of the cart is touched', async () => {
  const customer = await customerWithLines(1);
  const [archived = ''] = await newProducts(1);
  await opened.shop.catalog.archiveProduct(archived);
  for (const product of [newId(), archived])
    await expect(opened.shop.carts.putItem(customer, product, 1)).rejects.toMatchObject({
      code: 'not_found',
    });
  expect(await opened.sql('SELECT FROM cart_items WHERE customer_id = $1', [customer])).toHaveLength(1);
});

test('an order keeps what was bought, and can be cancelled, after its product is sold no more', async () => {
  const customer = await customerWithLines(1);
  const order = await opened.shop.orders.place(customer, checkout());
  const [line] = order.items;
  await opened.shop.catalog.archiveProduct(line?.productId ?? '');
  expect((await opened.shop.orders.getOrder(customer, order.id)).items).toEqual(order.items);
  expect(await opened.shop.orders.cancel(customer, order.id)).toMatchObject({ status: 'cancelled' });
  expect(
    await opened.sql('SELECT on_hand, reserved FROM stock WHERE product_id = $1', [line?.productId]),
  ).toEqual([{ on_hand: 1_000, reserved: 0 }]);
});

test('an order and its payment are made by one transaction, or neither is', async () => {
  const customer = await customerWithLines(2);
  const [empty = ''] = await newProducts(1);
  await opened.sql('DELETE FROM stock WHERE product_id = $1', [empty]);
  await opened.shop.carts.putItem(customer, empty, 1);
  await expect(opened.shop.orders.place(customer, checkout())).rejects.toMatchObject({
    code: 'out_of_stock',
  });
  expect((await opened.shop.orders.listOrders(customer, 10)).orders).toEqual([]);
  expect(
    await opened.sql(
      'SELECT FROM payments p WHERE NOT EXISTS (SELECT FROM orders o WHERE o.id = p.order_id)',
    ),
  ).toEqual([]);
  expect((await opened.shop.carts.getCart(customer)).items).toHaveLength(3);
});

test('many who fill one cart at the same time stay within its limit', async () => {
  const customer = await customerWithLines(98);
  const products = await newProducts(8);
  const outcomes = await Promise.allSettled(
    products.map((product) => opened.shop.carts.putItem(customer, product, 1)),
  );
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
  expect(refused.map(({ reason }) => (reason as { code: string }).code)).toEqual(Array(6).fill('cart_full'));
  expect((await opened.shop.carts.getCart(customer)).items).toHaveLength(100);
});
