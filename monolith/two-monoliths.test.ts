import { newId } from '#platform/ids.ts';
import { createLogger } from '#platform/logger.ts';
import { startSettlement } from './modules/orders/settlement.ts';
import { audit } from './testing/audit.ts';
import { expireLeases, ledgerOf, openGround, type Ground } from './testing/ground.ts';
import { checkoutWith, newBuyer } from './testing/monolith-process.ts';
import { openProviderGate, type Fate, type ProviderGate } from './testing/provider-gate.ts';
import { openShopOn, type TestShop } from './testing/test-shop.ts';

const ORDERS = 30;
/** So long that on no machine the provider's deadline, or a lease, runs out by itself. */
const PATIENT_MS = 30_000;

/** Two shops on one database, and a provider that tells how often it was asked for each order's money. */
let ground: Ground;
let gate: ProviderGate;
let shops: readonly TestShop[] = [];
let asked: string[] = [];
let fate: Fate | Promise<Fate> = 'down';

beforeAll(async () => {
  ground = await openGround();
  gate = await openProviderGate(ground.providerUrl, ({ path, key }) => {
    asked.push(`${path} ${key}`);
    return fate;
  });
  shops = [1, 2].map(() =>
    openShopOn(ground, { paymentProviderUrl: gate.url, paymentTimeoutMs: PATIENT_MS }),
  );
});
afterAll(async () => {
  for (const shop of shops) await shop.close();
  gate.close();
  await ground.close();
});

const shopAt = (index: number) => {
  const opened = shops[index % shops.length];
  if (opened === undefined) throw new Error('there is no shop');
  return opened.shop;
};
const pause = () => new Promise((resolve) => setTimeout(resolve, 20));
const log = createLogger({ name: 'test', level: 'silent', format: 'json' });

test('the settlement workers of two monoliths ask for the money of each order once, and ship it once', async () => {
  const ids: string[] = [];
  fate = 'down';
  for (let index = 0; index < ORDERS; index += 1) {
    const { customerId } = await newBuyer(ground);
    const checkout = { idempotencyKey: newId(), ...checkoutWith(index % 3 ? 'tok_ok' : 'tok_declined') };
    ids.push((await shopAt(0).orders.place(customerId, checkout)).id);
  }
  fate = 'pass';
  asked = [];
  await expireLeases(ground);

  const workers = shops.map(({ shop }) => startSettlement(shop.orders, 1, log));
  const open = () => ground.sql(`SELECT id FROM orders WHERE step <> 'done'`);
  for (let tries = 0; tries < 500 && (await open()).length > 0; tries += 1) await pause();
  await Promise.all(workers.map((worker) => worker.stop()));

  expect(asked.toSorted()).toEqual(ids.map((id) => `/charges ${id}`).toSorted());
  for (const [index, id] of ids.entries())
    expect(await ledgerOf(ground, id)).toEqual([index % 3 ? 'charge' : 'decline']);
  expect(await audit(ground)).toEqual([]);
});

test('an order that is asked for again at both while its charge is on the way is left to whoever has its lease', async () => {
  const { customerId } = await newBuyer(ground);
  const checkout = { idempotencyKey: newId(), ...checkoutWith('tok_ok') };
  const arrival = Promise.withResolvers<Fate>();
  fate = arrival.promise;
  asked = [];
  const first = shopAt(0).orders.place(customerId, checkout);
  while (asked.length === 0) await pause();
  const repeated = Array.from({ length: 10 }, (_, index) => shopAt(index).orders.place(customerId, checkout));
  // Long enough for each of them to look several times.
  for (let looks = 0; looks < 10; looks += 1) await pause();
  expect(asked).toHaveLength(1);
  arrival.resolve('pass');
  const order = await first;
  expect(order.status).toBe('confirmed');
  expect(await Promise.all(repeated)).toEqual(repeated.map(() => order));
  expect(asked).toEqual([`/charges ${order.id}`]);
  expect(await audit(ground)).toEqual([]);
});

test.each(['place', 'cancel'] as const)(
  'an order whose lease has run out, and that is asked for ten times at both (%s), is taken up by one request',
  async (what) => {
    const { customerId } = await newBuyer(ground);
    const checkout = { idempotencyKey: newId(), ...checkoutWith('tok_ok') };
    fate = 'down';
    const { id } = await shopAt(0).orders.place(customerId, checkout);
    if (what === 'cancel') await shopAt(0).orders.cancel(customerId, id);
    fate = 'pass';
    asked = [];
    await expireLeases(ground);
    const orders = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        what === 'place'
          ? shopAt(index).orders.place(customerId, checkout)
          : shopAt(index).orders.cancel(customerId, id),
      ),
    );
    expect(orders[0]?.status).toBe(what === 'place' ? 'confirmed' : 'cancelled');
    expect(orders).toEqual(orders.map(() => orders[0]));
    expect(asked).toHaveLength(1);
    expect(await audit(ground)).toEqual([]);
  },
);

test('an order whose payment stays unknown is answered as pending, and so is one that is parked, at once', async () => {
  const { customerId } = await newBuyer(ground);
  const checkout = { idempotencyKey: newId(), ...checkoutWith('tok_ok') };
  fate = 'down';
  const { id } = await shopAt(0).orders.place(customerId, checkout);
  await expireLeases(ground);
  expect(await shopAt(1).orders.place(customerId, checkout)).toMatchObject({ id, status: 'pending' });
  await ground.sql(`UPDATE orders SET next_attempt_at = NULL, parked_reason = 'x' WHERE id = $1`, [id]);
  asked = [];
  expect(await shopAt(1).orders.place(customerId, checkout)).toMatchObject({ id, status: 'pending' });
  expect(asked).toEqual([]);
  fate = 'pass';
  await shopAt(0).orders.unpark(id);
  expect(await shopAt(1).orders.place(customerId, checkout)).toMatchObject({ id, status: 'confirmed' });
  expect(await audit(ground)).toEqual([]);
});
