import { newId } from '#platform/ids.ts';
import { audit } from './testing/audit.ts';
import { expireLeases, ledgerOf, openGround, type Ground } from './testing/ground.ts';
import { checkoutWith, newBuyer, senderFor, startMonolith } from './testing/monolith-process.ts';
import { openProviderGate } from './testing/provider-gate.ts';
import { customerWithCart, openTestShop, type TestShop } from './testing/test-shop.ts';

const SLOW_CHARGE_MS = 2_000;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const checkout = (paymentToken: string) => ({ idempotencyKey: newId(), ...checkoutWith(paymentToken) });

describe('a monolith that is killed while a slow charge is on its way', () => {
  let ground: Ground;
  beforeEach(async () => {
    ground = await openGround();
  });
  afterEach(() => ground.close());

  /** Kills the monolith after the provider has the request and before it has charged anything. */
  async function orderInFlight(): Promise<string> {
    const monolith = await startMonolith(ground, { SHOP_PAYMENT_TIMEOUT_MS: '5000' });
    const buyer = await newBuyer(ground);
    const answer = buyer.send(monolith, 'POST', '/orders', checkoutWith('tok_slow'), newId());
    for (;;) {
      const [order] = await ground.sql<{ id: string }>('SELECT id FROM orders');
      if (order === undefined) {
        await pause(10);
        continue;
      }
      await pause(200);
      process.kill(monolith.pid, 'SIGKILL');
      expect(await answer).toBeUndefined();
      expect(await ledgerOf(ground, order.id)).toEqual([]);
      return order.id;
    }
  }

  test('the wrong way: whoever looks, finds nothing and gives up, keeps the money of an order that failed', async () => {
    const id = await orderInFlight();
    const silence = (await fetch(`${ground.providerUrl}/charges/${id}`)).status === 404;
    expect(silence).toBe(true);
    await ground.sql(
      `UPDATE orders SET status = 'failed', step = 'done', next_attempt_at = NULL WHERE id = $1`,
      [id],
    );
    await ground.sql(`UPDATE payments SET status = 'declined' WHERE order_id = $1`, [id]);
    await ground.sql('UPDATE products SET reserved = 0');

    await pause(SLOW_CHARGE_MS);
    expect(await ledgerOf(ground, id)).toEqual(['charge']);
    expect(await audit(ground)).toEqual([
      `the order ${id} is failed, but its payment and the ledger say declined: charge`,
    ]);
  });

  test('the wrong way: whoever looks, finds nothing and charges again under a new key, charges twice', async () => {
    const id = await orderInFlight();
    expect((await fetch(`${ground.providerUrl}/charges/${id}`)).status).toBe(404);
    await fetch(`${ground.providerUrl}/charges`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': `${id}-again` },
      body: JSON.stringify({ token: 'tok_ok', amount: 500, currency: 'EUR' }),
    });
    await pause(SLOW_CHARGE_MS);
    expect([...(await ledgerOf(ground, id)), ...(await ledgerOf(ground, `${id}-again`))]).toEqual([
      'charge',
      'charge',
    ]);
  });

  test('the right way: the same charge under the same key is the one that is on its way', async () => {
    const id = await orderInFlight();
    const next = await startMonolith(ground, { SHOP_PAYMENT_TIMEOUT_MS: '5000' });
    await expireLeases(ground);
    await atRest(ground);
    expect(await ledgerOf(ground, id)).toEqual(['charge']);
    expect(await audit(ground)).toEqual([]);
    await next.stop();
  });

  test('the other right way: a key that is voided first refuses the charge that comes late', async () => {
    const id = await orderInFlight();
    const next = await startMonolith(ground);
    const [{ customer_id: customerId } = { customer_id: '' }] = await ground.sql<{ customer_id: string }>(
      'SELECT customer_id FROM orders',
    );
    const send = await senderFor(customerId);
    expect(await send(next, 'POST', `/orders/${id}/cancel`)).toMatchObject({
      status: 200,
      body: { status: 'cancelled' },
    });
    await pause(SLOW_CHARGE_MS);
    expect(await ledgerOf(ground, id)).toEqual(['void']);
    expect(await audit(ground)).toEqual([]);
    await next.stop();
  });
});

describe('on a bad way to the provider', () => {
  const shops: { close: () => unknown }[] = [];
  afterEach(async () => {
    for (const shop of shops.splice(0).reverse()) await shop.close();
  });

  async function shopBehindGate(decide: Parameters<typeof openProviderGate>[1], paymentTimeoutMs = 500) {
    const ground = await openGround();
    shops.push(ground);
    const gate = await openProviderGate(ground.providerUrl, decide);
    shops.push(gate);
    const opened: TestShop = await openTestShop({ paymentProviderUrl: gate.url, paymentTimeoutMs });
    shops.push(opened);
    return { ground, gate, opened };
  }

  test('a request that arrives twice is charged once', async () => {
    const { ground, gate, opened } = await shopBehindGate(() => 'twice');
    const { customer } = await customerWithCart(opened, { onHand: 5, quantity: 1 });
    const order = await opened.shop.orders.place(customer, checkout('tok_ok'));
    expect(order.status).toBe('confirmed');
    expect(gate.delivered()).toBe(2);
    expect(await ledgerOf(ground, order.id)).toEqual(['charge']);
  });

  test('a charge that is slower than the customer’s patience is pending, and settles without a second one', async () => {
    const { ground, opened } = await shopBehindGate(() => 'pass');
    const { customer } = await customerWithCart(opened, { onHand: 5, quantity: 1 });
    const { id, status } = await opened.shop.orders.place(customer, checkout('tok_slow'));
    expect(status).toBe('pending');
    while ((await opened.shop.orders.getOrder(customer, id)).status === 'pending') {
      await expireLeases(opened);
      await opened.shop.orders.settle(10);
    }
    expect(await opened.shop.orders.getOrder(customer, id)).toMatchObject({ status: 'confirmed' });
    expect(await ledgerOf(ground, id)).toEqual(['charge']);
  });

  test('an order that the provider does not understand is parked with its reason, while the others settle', async () => {
    const poisoned = new Set<string>();
    const { opened } = await shopBehindGate(({ key }) => (poisoned.has(key) ? 'refuse' : 'pass'));
    const { orders } = opened.shop;
    const place = async () => {
      const { customer } = await customerWithCart(opened, { onHand: 5, quantity: 1 });
      return { customer, id: (await orders.place(customer, checkout('tok_lost'))).id };
    };
    const [sick, healthy] = [await place(), await place()];
    poisoned.add(sick.id);
    for (let attempt = 0; attempt < 6; attempt += 1) {
      await expireLeases(opened);
      await orders.settle(10);
    }
    expect(await orders.getOrder(healthy.customer, healthy.id)).toMatchObject({ status: 'confirmed' });
    expect(await orders.getOrder(sick.customer, sick.id)).toMatchObject({ status: 'pending' });
    expect(await orders.listParked()).toMatchObject([
      { id: sick.id, reason: expect.stringContaining('invalid_request') as string },
    ]);
    await expireLeases(opened);
    expect(await orders.settle(10)).toBe(0);

    poisoned.clear();
    await orders.unpark(sick.id);
    expect(await orders.settle(10)).toBe(1);
    expect(await orders.getOrder(sick.customer, sick.id)).toMatchObject({ status: 'confirmed' });
    expect(await orders.listParked()).toEqual([]);
    await expect(orders.unpark(sick.id)).rejects.toMatchObject({ code: 'not_found' });
  });
});

async function atRest(ground: Ground): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const open = await ground.sql(`SELECT id FROM orders WHERE step <> 'done'`);
    if (open.length === 0) return;
    await pause(50);
  }
}
