// Idempotency: one key is one order and at most one charge, however often and however closely it is sent.
import { granted, registerCustomer, signInAdmin, type Customer } from './actors.ts';
import { ADDRESS, buy, fillCart, order } from './buying.ts';
import { atOnce } from './eventually.ts';
import { expectProblem } from './expect-problem.ts';
import { createProduct, stockOf } from './goods.ts';
import { ledgerOf } from './ledger.ts';
import type { Cart, Order, OrderPage, Problem } from './shapes.ts';
import { uniqueKey } from './unique.ts';

const admin = await signInAdmin();

const ordersOf = async (customer: Customer) => granted(await customer.get<OrderPage>('/orders')).orders;

async function readyToBuy(onHand = 5) {
  const customer = await registerCustomer();
  const product = await createProduct(admin, { onHand });
  return { customer, product, cart: await fillCart(customer, product), key: uniqueKey() };
}

test.each(['tok_ok', 'tok_slow'])(
  'one key sent 20 times at once with %s is one order, one charge, and 20 equal answers',
  async (paymentToken) => {
    const { customer, product, key } = await readyToBuy();
    const answers = await atOnce(20, () => order(customer, { key, paymentToken }));
    expect(answers.map(({ status }) => status)).toEqual(Array<number>(20).fill(201));
    const [first] = answers.map(({ body }) => body);
    expect(answers.map(({ body }) => body)).toEqual(Array<Order | undefined>(20).fill(first));
    expect(first).toMatchObject({ status: 'confirmed', payment: { status: 'captured' } });
    expect(await ordersOf(customer)).toEqual([first]);
    expect(await ledgerOf(product.price.amount)).toEqual(['charge']);
    expect(await stockOf(customer, product)).toMatchObject({ onHand: 4, reserved: 0 });
  },
);

test('one key sent 20 times at once with tok_declined is one decline, and 20 refusals of one order', async () => {
  const { customer, product, cart, key } = await readyToBuy();
  const answers = await atOnce(20, () => order(customer, { key, paymentToken: 'tok_declined' }));
  for (const answer of answers) expectProblem(answer, 402, 'payment_declined');
  const bodies = answers.map(({ body }) => ({ ...(body as unknown as Problem), requestId: '' }));
  expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(1);
  expect(await ledgerOf(product.price.amount)).toEqual(['decline']);
  expect(await stockOf(customer, product)).toMatchObject({ onHand: 5, reserved: 0 });
  expect(granted(await customer.get<Cart>('/cart'))).toEqual(cart);
});

test('a key sent again later answers the same order, and leaves the cart alone', async () => {
  const { customer, product, key } = await readyToBuy();
  const placed = granted(await order(customer, { key }));
  const cart = await fillCart(customer, product, 2);
  const again = await order(customer, { key });
  expect({ status: again.status, body: again.body }).toEqual({ status: 201, body: placed });
  expect(granted(await customer.get<Cart>('/cart'))).toEqual(cart);
  expect(await ledgerOf(product.price.amount)).toEqual(['charge']);
});

test('a key whose payment was declined stays declined; a new one may be paid', async () => {
  const { customer, product, key } = await readyToBuy();
  const declined = { key, paymentToken: 'tok_declined' };
  expectProblem(await order(customer, declined), 402, 'payment_declined');
  expectProblem(await order(customer, declined), 402, 'payment_declined');
  expect((await order(customer)).status).toBe(201);
  expectProblem(await order(customer, declined), 402, 'payment_declined');
  expect(await ledgerOf(product.price.amount)).toEqual(['decline', 'charge']);
});

test.each([{ paymentToken: 'tok_other' }, { shippingAddress: { ...ADDRESS, city: 'Bremen' } }])(
  'a key that was used is refused with %j instead',
  async (other) => {
    const { customer, product, key } = await readyToBuy();
    granted(await order(customer, { key }));
    await fillCart(customer, product);
    expectProblem(await order(customer, { key, ...other }), 409, 'idempotency_key_reused');
    expect(await ledgerOf(product.price.amount)).toEqual(['charge']);
  },
);

test('of two requests at once with one key and different addresses, one is refused', async () => {
  const { customer, product, key } = await readyToBuy();
  const cities = ['Bremen', 'Kiel'];
  const answers = await Promise.all(
    cities.map((city) => order(customer, { key, shippingAddress: { ...ADDRESS, city } })),
  );
  expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409]);
  expect(await ledgerOf(product.price.amount)).toEqual(['charge']);
});

test("the order of a body's members, and an address that is written with blanks around, change nothing", async () => {
  const { customer, key } = await readyToBuy();
  const placed = granted(await order(customer, { key }));
  const backwards = Object.fromEntries(Object.entries({ ...ADDRESS, city: ' Hamburg ' }).toReversed());
  expect((await order(customer, { key, shippingAddress: backwards })).body).toEqual(placed);
});

test("another customer's key is another key", async () => {
  const [one, other] = [await readyToBuy(), await readyToBuy()];
  const placed = granted(await order(one.customer, { key: one.key }));
  const independent = granted(await order(other.customer, { key: one.key }));
  expect(independent.id).not.toBe(placed.id);
  expect(independent.items[0]?.productId).toBe(other.product.id);
  expect(await ledgerOf(other.product.price.amount)).toEqual(['charge']);
});

test('a key that came to nothing, for want of goods or of stock, may be used for the order that follows', async () => {
  const customer = await registerCustomer();
  const product = await createProduct(admin, { onHand: 0 });
  const key = uniqueKey();
  expectProblem(await order(customer, { key }), 409, 'cart_empty');
  expectProblem(await buy(customer, product, { key }), 409, 'out_of_stock');
  granted(await admin.put(`/stock/${product.id}`, { onHand: 1 }));
  expect((await order(customer, { key })).status).toBe(201);
  expect(await ledgerOf(product.price.amount)).toEqual(['charge']);
});
