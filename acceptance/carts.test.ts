// Carts: what a customer is about to buy, at today's prices.
import { granted, registerCustomer, signInAdmin, type Customer } from './actors.ts';
import { fillCart } from './buying.ts';
import { atOnce } from './eventually.ts';
import { expectProblem } from './expect-problem.ts';
import { createProduct, euros } from './goods.ts';
import { NOBODYS_ID, type Cart, type Product } from './shapes.ts';

const admin = await signInAdmin();
const MAX_LINES = 100;

const cartOf = async (customer: Customer) => granted(await customer.get<Cart>('/cart'));
const put = (customer: Customer, id: string, quantity: unknown) =>
  customer.put<Cart>(`/cart/items/${id}`, { quantity });

/** As many as fill a cart. */
const cartful = await atOnce(MAX_LINES, () => createProduct(admin));

/** One of each, a few at a time. */
async function fill(customer: Customer, products: readonly Product[]): Promise<void> {
  const left = products.values();
  await atOnce(5, async () => {
    for (const product of left) await fillCart(customer, product);
  });
}

test('a new customer has an empty cart, worth nothing', async () => {
  expect(await cartOf(await registerCustomer())).toEqual({ items: [], total: euros(0) });
});

test('a cart lists what was put there, in that order, and adds it up', async () => {
  const customer = await registerCustomer();
  const [cheap, dear] = [
    await createProduct(admin, { price: euros(5) }),
    await createProduct(admin, { price: euros(700) }),
  ];
  await fillCart(customer, dear, 2);
  const answered = await fillCart(customer, cheap, 3);
  const line = ({ id, name, price }: typeof cheap, quantity: number) => ({
    productId: id,
    name,
    unitPrice: price,
    quantity,
  });
  expect(answered).toEqual({ items: [line(dear, 2), line(cheap, 3)], total: euros(1_415) });
  expect(await cartOf(customer)).toEqual(answered);
});

test('putting a product there again sets how many there are', async () => {
  const customer = await registerCustomer();
  const product = await createProduct(admin);
  await fillCart(customer, product, 5);
  const { items } = await fillCart(customer, product, 2);
  expect(items.map(({ quantity }) => quantity)).toEqual([2]);
});

test("a cart shows today's price and name", async () => {
  const customer = await registerCustomer();
  const product = await createProduct(admin);
  await fillCart(customer, product, 2);
  granted(await admin.patch(`/products/${product.id}`, { name: 'Today', price: euros(150) }));
  expect(await cartOf(customer)).toMatchObject({
    items: [{ name: 'Today', unitPrice: euros(150) }],
    total: euros(300),
  });
});

test('from 1 to 1000 of a product may be in a cart', async () => {
  const customer = await registerCustomer();
  const { id } = await createProduct(admin);
  for (const quantity of [1, 1_000]) expect((await put(customer, id, quantity)).status).toBe(200);
  for (const quantity of [0, -1, 1_001, 1.5, '2', null])
    expectProblem(await put(customer, id, quantity), 400, 'invalid_request');
  expect((await cartOf(customer)).items[0]?.quantity).toBe(1_000);
});

test('a product is taken out once', async () => {
  const customer = await registerCustomer();
  const [kept, taken] = await atOnce(2, () => createProduct(admin));
  await fillCart(customer, kept as { id: string });
  await fillCart(customer, taken as { id: string });
  const { items } = granted(await customer.delete<Cart>(`/cart/items/${taken?.id}`));
  expect(items.map(({ productId }) => productId)).toEqual([kept?.id]);
  expectProblem(await customer.delete(`/cart/items/${taken?.id}`), 404, 'not_found');
});

test('what is not for sale cannot be put into a cart', async () => {
  const customer = await registerCustomer();
  const { id } = await createProduct(admin);
  await admin.delete(`/products/${id}`);
  expectProblem(await put(customer, id, 1), 404, 'not_found');
  expectProblem(await put(customer, NOBODYS_ID, 1), 404, 'not_found');
  expectProblem(await put(customer, 'kettle', 1), 400, 'invalid_request');
});

test('a product that is archived vanishes from the cart and from its total', async () => {
  const customer = await registerCustomer();
  const [staying, leaving] = await atOnce(2, () => createProduct(admin, { price: euros(100) }));
  await fillCart(customer, staying as { id: string });
  await fillCart(customer, leaving as { id: string });
  await admin.delete(`/products/${leaving?.id}`);
  expect(await cartOf(customer)).toMatchObject({ items: [{ productId: staying?.id }], total: euros(100) });
});

test('a cart holds 100 products and no more, but the ones in it may still be changed', async () => {
  const customer = await registerCustomer();
  await fill(customer, cartful);
  const oneMore = await createProduct(admin);
  expectProblem(await put(customer, oneMore.id, 1), 409, 'cart_full');
  expect((await put(customer, cartful[0]?.id ?? '', 9)).status).toBe(200);
  granted(await customer.delete(`/cart/items/${cartful[1]?.id}`));
  expect((await put(customer, oneMore.id, 1)).body.items).toHaveLength(MAX_LINES);
});

test('a cart holds no more than 100 products when they come all at once either', async () => {
  const customer = await registerCustomer();
  await fill(customer, cartful.slice(5));
  const others = await atOnce(20, () => createProduct(admin));
  const answers = await Promise.all(others.map(({ id }) => put(customer, id, 1)));
  expect((await cartOf(customer)).items).toHaveLength(MAX_LINES);
  expect(answers.map(({ status }) => status).toSorted()).toEqual([
    ...Array<number>(5).fill(200),
    ...Array<number>(15).fill(409),
  ]);
});

test('a product that was archived takes no place in a cart', async () => {
  const customer = await registerCustomer();
  const leaving = await createProduct(admin);
  await fillCart(customer, leaving);
  await fill(customer, cartful.slice(1));
  await admin.delete(`/products/${leaving.id}`);
  expect(await fillCart(customer, await createProduct(admin))).toMatchObject({
    items: { length: MAX_LINES },
  });
});
