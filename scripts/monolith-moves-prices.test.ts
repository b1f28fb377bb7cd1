import { Client } from 'pg';
import { checkoutWith, newBuyer, type Sent } from '../monolith/testing/monolith-process.ts';
import { tokenFor } from '../monolith/testing/request.ts';
import { newId } from '#platform/ids.ts';
import { until } from '#platform/testing/until.ts';
import { openMovingShop, type MovingShop } from './testing-moves.ts';

let shop: MovingShop;

beforeAll(async () => {
  shop = await openMovingShop();
});
afterAll(() => shop.close());

/** Keeps the service from answering anything about products, once `meanwhile` begins. */
async function whileServiceThinks(meanwhile: () => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: shop.replica.urls.service });
  await client.connect();
  try {
    await client.query('BEGIN; LOCK TABLE catalog.products IN ACCESS EXCLUSIVE MODE');
    await meanwhile();
  } finally {
    await client.end();
  }
}

const countAt = async (side: 'monolith' | 'service', sessions: string) => {
  const [row] = await shop.sql<{ count: number }>(
    side,
    `SELECT count(*)::int AS count FROM pg_stat_activity
     WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid() AND ${sessions}`,
  );
  return row?.count;
};

test.each([
  ['an order', 'POST', '/orders', () => checkoutWith('tok_ok'), 201],
  ['a change of the cart', 'PUT', '/cart/items/:id', () => ({ quantity: 3 }), 200],
] as const)(
  '%s asks the service for prices while it holds no lock, and no transaction is open',
  async (_what, method, path, body, expected) => {
    await shop.move('monolith');
    const { productId, send } = await newBuyer(shop.ground);
    await shop.move('service');
    let sent: Promise<Sent | undefined> | undefined;
    await whileServiceThinks(async () => {
      sent = send(shop.monolith, method, path.replace(':id', productId), body(), newId());
      await until(async () => (await countAt('service', "wait_event_type = 'Lock'")) === 1);
      expect(await countAt('monolith', 'xact_start IS NOT NULL')).toBe(0);
    });
    const answer = await sent;
    expect(answer?.status).toBe(expected);
    expect(answer?.body).toMatchObject({
      items: [{ productId, unitPrice: { amount: 250, currency: 'EUR' } }],
    });
  },
);

test('what was asked before the transaction is told with its position, so that no later read shows less', async () => {
  await shop.move('monolith');
  const { customerId, productId } = await newBuyer(shop.ground);
  await shop.move('service');
  const [right] = await shop.sql<{ epoch: number }>('service', 'SELECT epoch FROM catalog.ownership');
  const { status, headers } = await shop.ask('PUT', `/cart/items/${productId}`, {
    body: { quantity: 4 },
    key: newId(),
    token: await tokenFor(customerId, 'customer'),
    headers: { 'x-want-position': 'catalog' },
  });
  expect(status).toBe(200);
  expect(headers.get('x-position')).toMatch(new RegExp(`^catalog=[0-9a-f]{32}~${right?.epoch}~`));
});
