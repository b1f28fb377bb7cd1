import { STOCK } from './seed/product-tables.ts';
import { newId } from '#platform/ids.ts';
import { audit } from './testing/audit.ts';
import { expireLeases, ledgerOf, openGround, type Ground } from './testing/ground.ts';
import {
  checkoutWith,
  newBuyer,
  startMonolith,
  type Buyer,
  type MonolithProcess,
} from './testing/monolith-process.ts';
import { openProviderGate, type Fate, type ProviderGate } from './testing/provider-gate.ts';
import { customerWithCart, openTestShop, type TestShop } from './testing/test-shop.ts';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const checkout = (paymentToken: string) => ({ idempotencyKey: newId(), ...checkoutWith(paymentToken) });

describe('a monolith that is killed while its charge is on the way', () => {
  let ground: Ground;
  let gate: ProviderGate;
  /** Lets the charge that is on its way arrive, and waits until it has. */
  let arrive: () => Promise<void>;
  const running: MonolithProcess[] = [];

  beforeEach(async () => {
    ground = await openGround();
    const release = Promise.withResolvers<Fate>();
    let requests = 0;
    gate = await openProviderGate(ground.providerUrl, () =>
      (requests += 1) === 1 ? release.promise : 'pass',
    );
    arrive = async () => {
      const before = gate.answered();
      release.resolve('pass');
      while (gate.answered() === before) await pause(10);
    };
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((monolith) => monolith.stop()));
    gate.close();
    await ground.close();
  });

  async function start(): Promise<MonolithProcess> {
    const monolith = await startMonolith(
      { ...ground, providerUrl: gate.url },
      { SHOP_PAYMENT_TIMEOUT_MS: '20000' },
    );
    running.push(monolith);
    return monolith;
  }

  /** @returns the order of a monolith that died after it had sent the charge, and its customer. */
  async function orderInFlight(): Promise<{ id: string; buyer: Buyer }> {
    const monolith = await start();
    const buyer = await newBuyer(ground);
    const answer = buyer.send(monolith, 'POST', '/orders', checkoutWith('tok_ok'), newId());
    while (gate.received() === 0) await pause(10);
    process.kill(monolith.pid, 'SIGKILL');
    expect(await answer).toBeUndefined();
    const [order = { id: '' }] = await ground.sql<{ id: string }>('SELECT id FROM orders');
    expect((await fetch(`${ground.providerUrl}/charges/${order.id}`)).status).toBe(404);
    return { id: order.id, buyer };
  }

  test('the wrong way: whoever looks, finds nothing and gives up, keeps the money of an order that failed', async () => {
    const { id } = await orderInFlight();
    await ground.sql(
      `UPDATE orders SET status = 'failed', step = 'done', next_attempt_at = NULL WHERE id = $1`,
      [id],
    );
    await ground.sql(`UPDATE payments SET status = 'declined' WHERE order_id = $1`, [id]);
    await ground.sql(`UPDATE ${STOCK.table} SET reserved = 0`);
    await arrive();
    expect(await audit(ground)).toEqual([
      `the order ${id} is failed, but its payment and the ledger say declined: charge`,
    ]);
  });

  test('the wrong way: whoever looks, finds nothing and charges again under a new key, charges twice', async () => {
    const { id } = await orderInFlight();
    await fetch(`${ground.providerUrl}/charges`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': `${id}-again` },
      body: JSON.stringify({ token: 'tok_ok', amount: 500, currency: 'EUR' }),
    });
    await arrive();
    expect([...(await ledgerOf(ground, id)), ...(await ledgerOf(ground, `${id}-again`))]).toEqual([
      'charge',
      'charge',
    ]);
  });

  test('the right way: the same charge under the same key, sent before the first one arrives, is one charge', async () => {
    const { id } = await orderInFlight();
    await start();
    await expireLeases(ground);
    await atRest(ground);
    await arrive();
    expect(await ledgerOf(ground, id)).toEqual(['charge']);
    expect(await audit(ground)).toEqual([]);
  });

  test('the other right way: a key that is voided first refuses the charge that comes late', async () => {
    const { id, buyer } = await orderInFlight();
    const cancelled = await buyer.send(await start(), 'POST', `/orders/${id}/cancel`);
    expect(cancelled).toMatchObject({ status: 200, body: { status: 'cancelled' } });
    await arrive();
    expect(await ledgerOf(ground, id)).toEqual(['void']);
    expect(await audit(ground)).toEqual([]);
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
