import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { newId } from '#platform/ids.ts';
import { ledgerOf } from '../../testing/ground.ts';
import { customerWithCart, openTestShop, type TestShop } from '../../testing/test-shop.ts';
import type { Checkout } from './orders.ts';

let opened: TestShop;

beforeAll(async () => {
  opened = await openTestShop({ paymentTimeoutMs: 400 });
});
afterAll(() => opened.close());

const shippingAddress = { name: 'A', line1: '1 Street', city: 'Town', postalCode: '1', country: 'DE' };
const checkout = (paymentToken = 'tok_ok'): Checkout => ({
  idempotencyKey: newId(),
  paymentToken,
  shippingAddress,
});

test('a checkout ships the stock, empties the cart, and keeps name and price as they were', async () => {
  const { customer, product } = await customerWithCart(opened, { onHand: 5, quantity: 2 });
  const order = await opened.shop.orders.place(customer, checkout());
  expect(order).toMatchObject({
    status: 'confirmed',
    total: { amount: 500, currency: 'EUR' },
    payment: { status: 'captured' },
    items: [{ productId: product, name: 'Kettle', unitPrice: { amount: 250, currency: 'EUR' }, quantity: 2 }],
  });
  await opened.shop.catalog.updateProduct(product, {
    name: 'Renamed',
    price: { amount: 1, currency: 'EUR' },
  });
  expect((await opened.shop.orders.getOrder(customer, order.id)).items).toEqual(order.items);
  expect(await opened.shop.inventory.getStock(product)).toMatchObject({ onHand: 3, reserved: 0 });
  expect((await opened.shop.carts.getCart(customer)).items).toEqual([]);
});

test('a declined payment gives back the stock and the cart, and answers the same when asked again', async () => {
  const { customer, product } = await customerWithCart(opened, { onHand: 5, quantity: 2 });
  const declined = checkout('tok_declined');
  for (let attempt = 1; attempt <= 2; attempt += 1) {
    await expect(opened.shop.orders.place(customer, declined)).rejects.toMatchObject({
      code: 'payment_declined',
    });
  }
  expect(await opened.shop.inventory.getStock(product)).toMatchObject({ onHand: 5, reserved: 0 });
  expect((await opened.shop.carts.getCart(customer)).items).toMatchObject([
    { productId: product, quantity: 2 },
  ]);
});

test('a checkout that fails for lack of stock leaves no order behind, and its key free', async () => {
  const { customer, product } = await customerWithCart(opened, { onHand: 1, quantity: 2 });
  const request = checkout();
  await expect(opened.shop.orders.place(customer, request)).rejects.toMatchObject({ code: 'out_of_stock' });
  expect((await opened.shop.orders.listOrders(customer, 10)).orders).toEqual([]);
  await opened.shop.inventory.setOnHand(product, 2);
  expect(await opened.shop.orders.place(customer, request)).toMatchObject({ status: 'confirmed' });
});

test('two checkouts of one cart with different keys make one order', async () => {
  const { customer } = await customerWithCart(opened, { onHand: 9, quantity: 1 });
  const outcomes = await Promise.allSettled(
    [1, 2, 3].map(() => opened.shop.orders.place(customer, checkout())),
  );
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(outcomes.find((outcome) => outcome.status === 'rejected')?.reason).toMatchObject({
    code: 'cart_empty',
  });
});

test('an order whose answer was lost is pending, and settles with a single charge', async () => {
  const { customer, product } = await customerWithCart(opened, { onHand: 5, quantity: 2 });
  const order = await opened.shop.orders.place(customer, checkout('tok_lost'));
  expect(order).toMatchObject({ status: 'pending', payment: { status: 'pending' } });
  expect(await opened.shop.inventory.getStock(product)).toMatchObject({ onHand: 5, reserved: 2 });

  await expireLease(opened, order.id);
  expect(await opened.shop.orders.settle(10)).toBe(1);
  expect(await opened.shop.orders.getOrder(customer, order.id)).toMatchObject({ status: 'confirmed' });
  expect(await opened.shop.inventory.getStock(product)).toMatchObject({ onHand: 3, reserved: 0 });
  expect(await ledgerOf(opened, order.id)).toEqual(['charge']);
});

test('an order is left alone while the lease on its step lasts', async () => {
  const { customer } = await customerWithCart(opened, { onHand: 5, quantity: 1 });
  const { id } = await opened.shop.orders.place(customer, checkout('tok_lost'));
  await opened.sql(`UPDATE orders SET next_attempt_at = now() + interval '1 hour' WHERE id = $1`, [id]);
  expect(await opened.shop.orders.settle(10)).toBe(0);
  await expireLease(opened, id);
  expect(await opened.shop.orders.settle(10)).toBe(1);
});

test('workers that look at the same time take up different orders', async () => {
  const ids: string[] = [];
  for (let index = 0; index < 6; index += 1) {
    const { customer } = await customerWithCart(opened, { onHand: 5, quantity: 1 });
    ids.push((await opened.shop.orders.place(customer, checkout('tok_lost'))).id);
  }
  for (const id of ids) await expireLease(opened, id);
  const taken = await Promise.all([1, 2, 3].map(() => opened.shop.orders.settle(10)));
  expect(taken.reduce((sum, settled) => sum + settled, 0)).toBe(6);
  for (const id of ids) expect(await ledgerOf(opened, id)).toEqual(['charge']);
});

test('a step that a request and a worker do at the same time has its effects once', async () => {
  const patient = await openTestShop();
  try {
    const { customer, product } = await customerWithCart(patient, { onHand: 5, quantity: 2 });
    // Somebody else's promise, so that the CHECK on the stock does not hide a second shipment.
    await patient.shop.inventory.reserve([{ productId: product, quantity: 2 }]);
    const placing = patient.shop.orders.place(customer, checkout('tok_slow'));
    const open = () => patient.sql<{ id: string }>(`SELECT id FROM orders WHERE step = 'charge'`);
    while ((await open()).length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    const [{ id } = { id: '' }] = await open();
    await expireLease(patient, id);
    // Both wait for the same slow charge, and both hear that it was captured.
    expect(await patient.shop.orders.settle(10)).toBe(1);
    expect(await placing).toMatchObject({ status: 'confirmed' });
    expect(await patient.shop.inventory.getStock(product)).toMatchObject({ onHand: 3, reserved: 2 });
    expect(await ledgerOf(patient, id)).toEqual(['charge']);
  } finally {
    await patient.close();
  }
});

test('in a rush on one product the orders wait for each other, and never in a circle', async () => {
  const { product } = await customerWithCart(opened, { onHand: 1_000, quantity: 1 });
  const deadlocks = async () => {
    const [row] = await opened.sql<{ deadlocks: number }>(
      'SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()',
    );
    return row?.deadlocks;
  };
  const before = await deadlocks();
  const buy = async () => {
    const { customer } = await customerWithCart(opened, { onHand: 1, quantity: 1 });
    for (let round = 0; round < 4; round += 1) {
      await opened.shop.carts.putItem(customer, product, 1);
      expect(await opened.shop.orders.place(customer, checkout())).toMatchObject({ status: 'confirmed' });
    }
  };
  await Promise.all(Array.from({ length: 30 }, buy));
  expect(await opened.shop.inventory.getStock(product)).toMatchObject({ onHand: 880, reserved: 0 });
  // A session reports what it has counted at most once a second.
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(await deadlocks()).toBe(before);
});

test('an order that is cancelled while its charge is unknown ends without a net charge', async () => {
  const { customer, product } = await customerWithCart(opened, { onHand: 5, quantity: 2 });
  const { id } = await opened.shop.orders.place(customer, checkout('tok_lost'));
  expect(await opened.shop.orders.cancel(customer, id)).toMatchObject({
    status: 'cancelled',
    payment: { status: 'refunded' },
  });
  expect(await ledgerOf(opened, id)).toEqual(['charge', 'refund']);
  expect(await opened.shop.inventory.getStock(product)).toMatchObject({ onHand: 5, reserved: 0 });
});

test('a confirmed order is cancelled once, however often and at once it is asked', async () => {
  const { customer, product } = await customerWithCart(opened, { onHand: 5, quantity: 2 });
  const { id } = await opened.shop.orders.place(customer, checkout());
  await Promise.all(Array.from({ length: 10 }, () => opened.shop.orders.cancel(customer, id)));
  expect(await opened.shop.orders.getOrder(customer, id)).toMatchObject({
    status: 'cancelled',
    payment: { status: 'refunded' },
  });
  expect(await opened.shop.inventory.getStock(product)).toMatchObject({ onHand: 5, reserved: 0 });
  expect(await ledgerOf(opened, id)).toEqual(['charge', 'refund']);
});

test('a failed order cannot be cancelled', async () => {
  const { customer } = await customerWithCart(opened, { onHand: 5, quantity: 1 });
  await expect(opened.shop.orders.place(customer, checkout('tok_declined'))).rejects.toMatchObject({
    code: 'payment_declined',
  });
  const [order] = (await opened.shop.orders.listOrders(customer, 1)).orders;
  await expect(opened.shop.orders.cancel(customer, order?.id ?? '')).rejects.toMatchObject({
    code: 'order_failed',
  });
});

test('while the provider is down an order stays pending, and it settles when the provider is back', async () => {
  let down = true;
  const gate = createServer((request, response) => {
    if (down) return void response.writeHead(502).end('down');
    const proxied = httpRequest(
      new URL(request.url ?? '', opened.providerUrl),
      { method: request.method, headers: request.headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 500);
        answer.pipe(response);
      },
    );
    request.pipe(proxied);
  });
  await new Promise<void>((resolve) => gate.listen(0, '127.0.0.1', resolve));
  const behindGate = await openTestShop({
    paymentProviderUrl: `http://127.0.0.1:${(gate.address() as AddressInfo).port}`,
  });
  try {
    const { customer } = await customerWithCart(behindGate, { onHand: 5, quantity: 1 });
    const { id } = await behindGate.shop.orders.place(customer, checkout());
    for (const status of ['pending', 'confirmed']) {
      await expireLease(behindGate, id);
      expect(await behindGate.shop.orders.settle(10)).toBe(1);
      expect(await behindGate.shop.orders.getOrder(customer, id)).toMatchObject({ status });
      down = false;
    }
    expect(await ledgerOf(opened, id)).toEqual(['charge']);
  } finally {
    await behindGate.close();
    gate.close();
  }
});

const expireLease = ({ sql }: TestShop, id: string) =>
  sql(`UPDATE orders SET next_attempt_at = now() WHERE id = $1`, [id]);
