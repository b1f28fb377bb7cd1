// Cancelling: the order ends, its stock and its money come back, once.
import { granted, registerCustomer, signInAdmin, type Customer } from './actors.ts';
import { buy, findOrder, order } from './buying.ts';
import { atOnce, eventually } from './eventually.ts';
import { expectProblem } from './expect-problem.ts';
import { createProduct, stockOf } from './goods.ts';
import { ledgerOf } from './ledger.ts';
import { NOBODYS_ID, type Order, type OrderPage } from './shapes.ts';

const admin = await signInAdmin();

const cancel = (customer: Customer, id: string) => customer.post<Order>(`/orders/${id}/cancel`);

async function bought(quantity: number) {
  const customer = await registerCustomer();
  const product = await createProduct(admin, { onHand: 5 });
  const placed = granted(await buy(customer, product, { quantity }));
  return { customer, product, placed };
}

const refunded = (customer: Customer, id: string) =>
  eventually(
    () => findOrder(customer, id),
    ({ payment }) => payment.status === 'refunded',
  );

test('a cancelled order gives back its stock at once, and its money', async () => {
  const { customer, product, placed } = await bought(2);
  const answer = await cancel(customer, placed.id);
  expect({ status: answer.status, body: answer.body }).toEqual({
    status: 200,
    body: {
      ...placed,
      status: 'cancelled',
      payment: { status: expect.stringMatching(/^refund(ing|ed)$/) as string },
    },
  });
  expect(await stockOf(customer, product)).toMatchObject({ onHand: 5, reserved: 0, available: 5 });
  expect(await refunded(customer, placed.id)).toMatchObject({ status: 'cancelled' });
  expect(await ledgerOf(placed.total.amount)).toEqual(['charge', 'refund']);
});

test('an order cancelled 20 times at once, and again later, is refunded once and gives back its stock once', async () => {
  const { customer, product, placed } = await bought(3);
  const answers = await atOnce(20, () => cancel(customer, placed.id));
  expect(answers.map(({ status, body }) => `${status} ${body.status}`)).toEqual(
    Array<string>(20).fill('200 cancelled'),
  );
  await refunded(customer, placed.id);
  expect(granted(await cancel(customer, placed.id))).toMatchObject({
    status: 'cancelled',
    payment: { status: 'refunded' },
  });
  expect(await stockOf(customer, product)).toMatchObject({ onHand: 5, reserved: 0, available: 5 });
  expect(await ledgerOf(placed.total.amount)).toEqual(['charge', 'refund']);
});

test('what was given back can be bought by somebody else', async () => {
  const { customer, product, placed } = await bought(5);
  const other = await registerCustomer();
  expectProblem(await buy(other, product), 409, 'out_of_stock');
  granted(await cancel(customer, placed.id));
  expect((await order(other)).status).toBe(201);
});

test('an order whose product is archived meanwhile can still be cancelled', async () => {
  const { customer, product, placed } = await bought(1);
  await admin.delete(`/products/${product.id}`);
  expect(granted(await cancel(customer, placed.id))).toMatchObject({ status: 'cancelled' });
  await refunded(customer, placed.id);
  expect(await ledgerOf(placed.total.amount)).toEqual(['charge', 'refund']);
});

test('an order that failed cannot be cancelled', async () => {
  const customer = await registerCustomer();
  const product = await createProduct(admin, { onHand: 1 });
  await buy(customer, product, { paymentToken: 'tok_declined' });
  const [failed] = granted(await customer.get<OrderPage>('/orders')).orders;
  expect(failed?.status).toBe('failed');
  expectProblem(await cancel(customer, failed?.id ?? ''), 409, 'order_failed');
  expect(await stockOf(customer, product)).toMatchObject({ onHand: 1, reserved: 0 });
  expect(await ledgerOf(product.price.amount)).toEqual(['decline']);
});

test('an order that does not exist cannot be cancelled', async () => {
  const customer = await registerCustomer();
  expectProblem(await cancel(customer, NOBODYS_ID), 404, 'not_found');
  expectProblem(await cancel(customer, '42'), 400, 'invalid_request');
});
