// Races: many want the same thing at once, and nobody gets what is not there.
import { granted, registerCustomer, signInAdmin } from './actors.ts';
import { ADDRESS, buy, fillCart, order } from './buying.ts';
import { atOnce, eventually, oneByOne } from './eventually.ts';
import { expectProblem } from './expect-problem.ts';
import { createProduct, draft, stockOf } from './goods.ts';
import { ledgerOf } from './ledger.ts';
import type { Cart, OrderPage, Stock } from './shapes.ts';
import { uniqueKey } from './unique.ts';

const admin = await signInAdmin();
const BUYERS = 100;
const WATCHERS = 4;
const UNITS = 10;

/** Reads the stock over and over while something else happens. */
async function watchStock(
  product: { readonly id: string },
  during: Promise<unknown>,
): Promise<readonly Stock[]> {
  const seen: Stock[] = [];
  let over = false;
  const stop = () => (over = true);
  void during.then(stop, stop);
  // Several at once: on a busy machine one look may take as long as a third of a race.
  const watch = async () => {
    while (!over) seen.push(await stockOf(admin, product));
  };
  await Promise.all(Array.from({ length: WATCHERS }, watch));
  return seen;
}

/** In the end, since others have sold what the administrator looks at. */
const soldOut = (product: { readonly id: string }) =>
  eventually(
    () => stockOf(admin, product),
    ({ onHand, reserved }) => onHand === 0 && reserved === 0,
  );

test('of 100 buyers who race for 10 units ten get one, and the stock is never below nothing', async () => {
  const product = await createProduct(admin, { onHand: UNITS });
  const buyers = await oneByOne(BUYERS, async () => {
    const buyer = await registerCustomer();
    await fillCart(buyer, product);
    return buyer;
  });

  const race = Promise.all(buyers.map((buyer) => order(buyer)));
  const seen = await watchStock(product, race);
  const answers = await race;

  const won = answers.filter(({ status }) => status === 201);
  expect(won.map(({ body }) => body.status)).toEqual(Array<string>(UNITS).fill('confirmed'));
  const lost = answers.filter(({ status }) => status !== 201);
  expect(lost).toHaveLength(BUYERS - UNITS);
  for (const answer of lost) expectProblem(answer, 409, 'out_of_stock');

  expect(seen.length).toBeGreaterThan(2);
  const impossible = seen.filter(
    ({ onHand, reserved, available }) =>
      Math.min(onHand, reserved, available) < 0 || onHand > UNITS || available !== onHand - reserved,
  );
  expect(impossible).toEqual([]);
  await soldOut(product);
  expect(await ledgerOf(product.price.amount)).toEqual(Array<string>(UNITS).fill('charge'));
});

test('carts with the same products in opposite orders do not get in the way of each other', async () => {
  const products = await atOnce(4, () => createProduct(admin, { onHand: 20 }));
  const buyers = await atOnce(20, async (index) => {
    const buyer = await registerCustomer();
    for (const product of index % 2 === 0 ? products : products.toReversed()) await fillCart(buyer, product);
    return buyer;
  });
  const answers = await Promise.all(buyers.map((buyer) => order(buyer)));
  expect(answers.map(({ status }) => status)).toEqual(Array<number>(20).fill(201));
  for (const product of products) await soldOut(product);
});

test('a cart that is ordered ten times at once, each under a key of its own, is ordered once', async () => {
  const product = await createProduct(admin, { onHand: 20 });
  const customer = await registerCustomer();
  await fillCart(customer, product, 2);
  const answers = await atOnce(10, () => order(customer));
  const refused = answers.filter(({ status }) => status !== 201);
  expect(refused).toHaveLength(9);
  for (const answer of refused) expectProblem(answer, 409, 'cart_empty');
  expect(granted(await customer.get<OrderPage>('/orders')).orders).toHaveLength(1);
  expect(await ledgerOf(2 * product.price.amount)).toEqual(['charge']);
  expect(await stockOf(customer, product)).toMatchObject({ onHand: 18, reserved: 0 });
});

test('a customer whose payments are declined while they order again gets plain answers', async () => {
  const product = await createProduct(admin, { onHand: 50 });
  const customer = await registerCustomer();
  const statuses = await atOnce(16, async () => {
    const seen: number[] = [];
    for (let round = 0; round < 6; round += 1)
      seen.push((await buy(customer, product, { paymentToken: 'tok_declined' })).status);
    return seen;
  });
  // Either this request had the cart, or another one did.
  expect(statuses.flat().filter((status) => status !== 402 && status !== 409)).toEqual([]);
  expect(statuses.flat()).toContain(402);
  expect(await stockOf(customer, product)).toMatchObject({ onHand: 50, reserved: 0 });
});

test('of 20 products with one SKU that are put on sale at once, one is', async () => {
  const given = await draft();
  const answers = await atOnce(20, () => admin.post('/products', given));
  expect(answers.map(({ status }) => status).toSorted()).toEqual([201, ...Array<number>(19).fill(409)]);
  for (const answer of answers.filter(({ status }) => status !== 201))
    expectProblem(answer, 409, 'sku_taken');
});

test('a product put into a cart 20 times at once is there once', async () => {
  const product = await createProduct(admin);
  const customer = await registerCustomer();
  const answers = await atOnce(20, () => customer.put(`/cart/items/${product.id}`, { quantity: 3 }));
  expect(answers.map(({ status }) => status)).toEqual(Array<number>(20).fill(200));
  const { items } = granted(await customer.get<Cart>('/cart'));
  expect(items.map(({ quantity }) => quantity)).toEqual([3]);
});

test('a cart that is filled, emptied and ordered from many windows at once gives plain answers', async () => {
  const products = await atOnce(4, () => createProduct(admin, { onHand: 9 }));
  const customer = await registerCustomer();
  const actions = [
    (path: string) => customer.put(path, { quantity: 1 }),
    (path: string) => customer.delete(path),
    (path: string) => customer.put(path, { quantity: 2 }),
    () => order(customer, { paymentToken: 'tok_declined' }),
  ];
  const statuses = await atOnce(16, async (index) => {
    const seen: number[] = [];
    for (let round = 0; round < 12; round += 1) {
      const path = `/cart/items/${products[(index * round) % 4]?.id}`;
      seen.push((await actions[(index + round) % 4]?.(path))?.status ?? 0);
    }
    return seen;
  });
  // 404 and 409 where another window has taken it out, or everything, already.
  expect(statuses.flat().filter((status) => ![200, 402, 404, 409].includes(status))).toEqual([]);
  for (const product of products)
    expect(await stockOf(customer, product)).toMatchObject({ onHand: 9, reserved: 0 });
});

test('a product that is archived while it is being bought is sold or not, and never half', async () => {
  const product = await createProduct(admin, { onHand: 10 });
  const buyers = await atOnce(10, async () => {
    const buyer = await registerCustomer();
    await fillCart(buyer, product);
    return buyer;
  });
  const checkout = { paymentToken: 'tok_ok', shippingAddress: ADDRESS };
  const [archived, ...answers] = await Promise.all([
    admin.delete(`/products/${product.id}`),
    ...buyers.map((buyer) => buyer.post('/orders', checkout, { 'idempotency-key': uniqueKey() })),
  ]);
  expect(archived.status).toBe(204);
  const sold = answers.filter(({ status }) => status === 201);
  for (const { status, body } of answers.filter((answer) => answer.status !== 201)) {
    expect({ status, body }).toMatchObject({
      status: 409,
      body: { code: expect.stringMatching(/^(cart_empty|out_of_stock)$/) as string },
    });
  }
  expect(await ledgerOf(product.price.amount)).toEqual(sold.map(() => 'charge'));
});
