import { newId } from '#platform/ids.ts';
import { createLogger } from '#platform/logger.ts';
import { startSettlement } from './modules/orders/settlement.ts';
import { audit } from './testing/audit.ts';
import { expireLeases, ledgerOf, openGround, type Ground } from './testing/ground.ts';
import { checkoutWith, newBuyer } from './testing/monolith-process.ts';
import { openProviderGate, type ProviderGate } from './testing/provider-gate.ts';
import { openShopOn, type TestShop } from './testing/test-shop.ts';

const ORDERS = 30;

/** Two shops on one database, and a provider that tells how often it was asked for each order's money. */
let ground: Ground;
let gate: ProviderGate;
let shops: readonly TestShop[] = [];
let asked: string[] = [];
let down = true;

beforeAll(async () => {
  ground = await openGround();
  gate = await openProviderGate(ground.providerUrl, ({ path, key }) => {
    asked.push(`${path} ${key}`);
    return down ? 'down' : 'pass';
  });
  shops = [1, 2].map(() => openShopOn(ground, { paymentProviderUrl: gate.url }));
});
afterAll(async () => {
  for (const shop of shops) await shop.close();
  gate.close();
  await ground.close();
});

const log = createLogger({ name: 'test', level: 'silent', format: 'json' });

test('the settlement workers of two monoliths ask for the money of each order once, and ship it once', async () => {
  const [one] = shops;
  if (one === undefined) throw new Error('there is no shop');
  const ids: string[] = [];
  for (let index = 0; index < ORDERS; index += 1) {
    const { customerId } = await newBuyer(ground);
    const checkout = { idempotencyKey: newId(), ...checkoutWith(index % 3 ? 'tok_ok' : 'tok_declined') };
    ids.push((await one.shop.orders.place(customerId, checkout)).id);
  }
  down = false;
  asked = [];
  await expireLeases(ground);

  const workers = shops.map(({ shop }) => startSettlement(shop.orders, 1, log));
  const open = () => ground.sql(`SELECT id FROM orders WHERE step <> 'done'`);
  for (let tries = 0; tries < 500 && (await open()).length > 0; tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 20));
  await Promise.all(workers.map((worker) => worker.stop()));

  expect(asked.toSorted()).toEqual(ids.map((id) => `/charges ${id}`).toSorted());
  for (const [index, id] of ids.entries())
    expect(await ledgerOf(ground, id)).toEqual([index % 3 ? 'charge' : 'decline']);
  expect(await audit(ground)).toEqual([]);
});
