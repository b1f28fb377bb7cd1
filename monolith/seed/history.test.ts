import { STOCK } from './product-tables.ts';
import { emptyShop, releaseAll, rows, seed, startProvider } from './testing.ts';

let provider: Awaited<ReturnType<typeof startProvider>>;
let shop: Awaited<ReturnType<typeof emptyShop>>;

beforeAll(async () => {
  provider = await startProvider();
  shop = await emptyShop();
  await seed(shop, { providerUrl: provider.url });
});
afterAll(releaseAll);

test('every total is the sum of its lines, and the payment is over that amount', async () => {
  const wrong = await rows(
    shop.adminUrl,
    `SELECT o.id FROM orders o JOIN payments p ON p.order_id = o.id
      WHERE (o.total_amount, o.total_currency) <> (p.amount, p.currency)
         OR o.total_amount <> (SELECT sum(unit_amount * quantity) FROM order_items WHERE order_id = o.id)`,
  );
  expect(wrong).toEqual([]);
});

test('every order is at rest, with the payment that belongs to it', async () => {
  const kinds = await rows(
    shop.adminUrl,
    `SELECT o.status, o.step, o.next_attempt_at, p.status AS payment, p.token
       FROM orders o LEFT JOIN payments p ON p.order_id = o.id
      GROUP BY 1, 2, 3, 4, 5 ORDER BY 1`,
  );
  const atRest = { step: 'done', next_attempt_at: null };
  expect(kinds).toEqual([
    { status: 'confirmed', ...atRest, payment: 'captured', token: 'tok_ok' },
    { status: 'cancelled', ...atRest, payment: 'refunded', token: 'tok_ok' },
    { status: 'failed', ...atRest, payment: 'declined', token: 'tok_declined' },
  ]);
});

test('a line shows a product that was in the shop when the order was placed', async () => {
  const wrong = await rows(
    shop.adminUrl,
    `SELECT i.* FROM order_items i JOIN orders o ON o.id = i.order_id JOIN products p ON p.id = i.product_id
      WHERE (i.name, i.unit_amount) <> (p.name, p.price_amount) OR p.created_at > o.placed_at`,
  );
  expect(wrong).toEqual([]);
  const [lines] = await rows(
    shop.adminUrl,
    `SELECT min(lines)::int AS least, max(lines)::int AS most
       FROM (SELECT count(*) AS lines FROM order_items GROUP BY order_id) AS t`,
  );
  expect(lines).toEqual({ least: 1, most: 5 });
});

test('the ledger has one charge for each order that did not fail, and agrees with it', async () => {
  const orders = await rows(shop.adminUrl, `SELECT id, status, total_amount::int AS amount FROM orders`);
  for (const { id, status, amount } of orders) {
    const entries = provider.ledger.entries(String(id));
    const expected = { confirmed: ['charge'], cancelled: ['charge', 'refund'], failed: ['decline'] };
    expect(entries.map(({ type }) => type)).toEqual(expected[status as keyof typeof expected]);
    expect(entries[0]).toMatchObject({ amount, currency: 'EUR' });
  }
  const charged = new Set(provider.ledger.entries().map(({ key }) => key));
  expect(charged).toEqual(new Set(orders.map(({ id }) => id)));
});

test('some carts are not empty, and hold only what can be had', async () => {
  const items = await rows(
    shop.adminUrl,
    `SELECT c.quantity, s.on_hand FROM cart_items c JOIN ${STOCK.table} s ON s.${STOCK.productId} = c.product_id`,
  );
  expect(items.length).toBeGreaterThan(0);
  for (const { quantity, on_hand } of items) expect(quantity).toBeLessThanOrEqual(Number(on_hand));
});
