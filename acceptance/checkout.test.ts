// Checkout: a cart becomes an order, its stock leaves, and its money is taken once; or nothing happens at all.
import { granted, registerCustomer, signInAdmin, type Customer } from './actors.ts';
import { ADDRESS, buy, fillCart, findOrder, order, type Checkout } from './buying.ts';
import { expectProblem } from './expect-problem.ts';
import { createProduct, euros, stockOf } from './goods.ts';
import { ledgerOf } from './ledger.ts';
import { NOBODYS_ID, UUID_V7, type Cart, type OrderPage } from './shapes.ts';
import { uniqueKey } from './unique.ts';

const admin = await signInAdmin();
const cartOf = async (customer: Customer) => granted(await customer.get<Cart>('/cart'));

test('an order takes what was in the cart, its stock, and its money', async () => {
  const customer = await registerCustomer();
  const [one, other] = [await createProduct(admin, { onHand: 9 }), await createProduct(admin, { onHand: 9 })];
  await fillCart(customer, one, 2);
  const cart = await fillCart(customer, other, 3);
  expect(cart.total).toEqual(euros(2 * one.price.amount + 3 * other.price.amount));

  const before = Date.now();
  const placed = await order(customer);
  expect(placed.status).toBe(201);
  expect(placed.body).toEqual({
    id: expect.stringMatching(UUID_V7) as string,
    status: 'confirmed',
    items: cart.items,
    total: cart.total,
    payment: { status: 'captured' },
    placedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$/) as string,
  });
  expect(Math.abs(Date.parse(placed.body.placedAt) - before)).toBeLessThan(60_000);

  expect(await cartOf(customer)).toEqual({ items: [], total: euros(0) });
  expect(await stockOf(customer, one)).toMatchObject({ onHand: 7, reserved: 0, available: 7 });
  expect(await stockOf(customer, other)).toMatchObject({ onHand: 6, reserved: 0, available: 6 });
  expect(await ledgerOf(cart.total.amount)).toEqual(['charge']);
});

test('an order is found again, alone and in the list', async () => {
  const customer = await registerCustomer();
  const placed = granted(await buy(customer, await createProduct(admin, { onHand: 1 })));
  expect(await findOrder(customer, placed.id)).toEqual(placed);
  expect(granted(await customer.get<OrderPage>('/orders'))).toEqual({ orders: [placed] });
});

test('a new customer has no orders, and an unknown one is not found', async () => {
  const customer = await registerCustomer();
  expect(granted(await customer.get('/orders'))).toEqual({ orders: [] });
  expectProblem(await customer.get(`/orders/${NOBODYS_ID}`), 404, 'not_found');
  expectProblem(await customer.get('/orders/42'), 400, 'invalid_request');
});

test('nothing can be bought with an empty cart, nor with one whose products are all archived', async () => {
  const customer = await registerCustomer();
  expectProblem(await order(customer), 409, 'cart_empty');
  const { id } = await createProduct(admin, { onHand: 1 });
  await fillCart(customer, { id });
  await admin.delete(`/products/${id}`);
  expectProblem(await order(customer), 409, 'cart_empty');
});

test('an order for more than there is takes nothing: not the stock of the others, not the cart, no money', async () => {
  const customer = await registerCustomer();
  const [plenty, scarce] = [
    await createProduct(admin, { onHand: 9 }),
    await createProduct(admin, { onHand: 1 }),
  ];
  await fillCart(customer, plenty);
  const cart = await fillCart(customer, scarce, 2);
  expectProblem(await order(customer), 409, 'out_of_stock');
  expect(await cartOf(customer)).toEqual(cart);
  expect(await stockOf(customer, plenty)).toMatchObject({ onHand: 9, reserved: 0 });
  expect(await stockOf(customer, scarce)).toMatchObject({ onHand: 1, reserved: 0 });
  expect(await ledgerOf(cart.total.amount)).toEqual([]);
  expect(granted(await customer.get('/orders'))).toEqual({ orders: [] });
});

test('a declined payment gives the stock and the cart back', async () => {
  const customer = await registerCustomer();
  const product = await createProduct(admin, { onHand: 1 });
  const cart = await fillCart(customer, product);
  expectProblem(await order(customer, { paymentToken: 'tok_declined' }), 402, 'payment_declined');
  expect(await stockOf(customer, product)).toMatchObject({ onHand: 1, reserved: 0, available: 1 });
  expect(await cartOf(customer)).toEqual(cart);
  expect(await ledgerOf(product.price.amount)).toEqual(['decline']);

  expect((await order(customer)).body).toMatchObject({ status: 'confirmed' });
  const { orders } = granted(await customer.get<OrderPage>('/orders'));
  expect(orders.map(({ status, payment }) => `${status}, ${payment.status}`)).toEqual([
    'confirmed, captured',
    'failed, declined',
  ]);
});

const FAULTS: Readonly<Record<string, Checkout>> = {
  'no payment token': { paymentToken: '' },
  'a payment token that is too long': { paymentToken: 'x'.repeat(256) },
  'no address': { shippingAddress: {} },
  'a country that is no code': { shippingAddress: { ...ADDRESS, country: 'Germany' } },
  'a postal code that is too long': { shippingAddress: { ...ADDRESS, postalCode: 'x'.repeat(21) } },
  'a second line that is empty': { shippingAddress: { ...ADDRESS, line2: '' } },
  'a blank in its key': { key: 'with a blank' },
  'a key that is too long': { key: 'x'.repeat(256) },
};

test.each(Object.entries(FAULTS))(
  'a checkout with %s is refused, and the cart stays as it is',
  async (_what, fault) => {
    const customer = await registerCustomer();
    const cart = await fillCart(customer, await createProduct(admin, { onHand: 1 }));
    expectProblem(await order(customer, fault), 400, 'invalid_request');
    expect(await cartOf(customer)).toEqual(cart);
  },
);

test('a checkout without an idempotency key is refused', async () => {
  const customer = await registerCustomer();
  await fillCart(customer, await createProduct(admin, { onHand: 1 }));
  const answer = await customer.post('/orders', { paymentToken: 'tok_ok', shippingAddress: ADDRESS });
  expectProblem(answer, 400, 'invalid_request');
});

test('an address may have a second line, and a key may be as long as 255 characters', async () => {
  const customer = await registerCustomer();
  const answer = await buy(customer, await createProduct(admin, { onHand: 1 }), {
    shippingAddress: { ...ADDRESS, line2: 'c/o Bob' },
    key: uniqueKey().padEnd(255, '~'),
  });
  expect(answer.status).toBe(201);
});
