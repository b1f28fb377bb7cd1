// Stock: what is there, what is promised to orders that are still being paid, and what can be sold.
import { granted, registerCustomer, signInAdmin } from './actors.ts';
import { buy } from './buying.ts';
import { eventually } from './eventually.ts';
import { expectProblem } from './expect-problem.ts';
import { createProduct, stockOf } from './goods.ts';
import { NOBODYS_ID } from './shapes.ts';

const admin = await signInAdmin();

test('stock is what it was last set to', async () => {
  const { id } = await createProduct(admin, { onHand: 7 });
  for (const onHand of [0, 1_000_000_000, 3]) {
    const answer = await admin.put(`/stock/${id}`, { onHand });
    const stock = { productId: id, onHand, reserved: 0, available: onHand };
    expect({ status: answer.status, body: answer.body }).toEqual({ status: 200, body: stock });
    expect(await stockOf(admin, { id })).toEqual(stock);
  }
});

test.each([-1, 1.5, '5', null, 1_000_000_001, 2 ** 53])('the stock %j is refused', async (onHand) => {
  const { id } = await createProduct(admin);
  expectProblem(await admin.put(`/stock/${id}`, { onHand }), 400, 'invalid_request');
});

test('there is no stock of a product that does not exist', async () => {
  expectProblem(await admin.get(`/stock/${NOBODYS_ID}`), 404, 'not_found');
  expectProblem(await admin.put(`/stock/${NOBODYS_ID}`, { onHand: 1 }), 404, 'not_found');
  expectProblem(await admin.get('/stock/42'), 400, 'invalid_request');
});

test('units of an order that is being paid are reserved, and stock cannot be set below them', async () => {
  const product = await createProduct(admin, { onHand: 5 });
  const customer = await registerCustomer();
  const paying = buy(customer, product, { quantity: 3, paymentToken: 'tok_slow' });
  const during = await eventually(
    () => stockOf(admin, product),
    ({ reserved }) => reserved > 0,
  );
  expect(during).toEqual({ productId: product.id, onHand: 5, reserved: 3, available: 2 });
  expectProblem(await admin.put(`/stock/${product.id}`, { onHand: 2 }), 409, 'stock_reserved');
  expect(granted(await admin.put(`/stock/${product.id}`, { onHand: 4 }))).toMatchObject({ available: 1 });

  granted(await paying);
  expect(await stockOf(customer, product)).toEqual({
    productId: product.id,
    onHand: 1,
    reserved: 0,
    available: 1,
  });
});
