// A write that is repeated under its key: done once, answered alike, whatever became of the first answer.
import {
  PASSWORD,
  granted,
  registerCustomer,
  signIn,
  signInAdmin,
  visitor,
  type Customer,
} from './actors.ts';
import { buy, fillCart, findOrder } from './buying.ts';
import type { Answer, Session } from './client.ts';
import { atOnce } from './eventually.ts';
import { expectProblem } from './expect-problem.ts';
import { createProduct, draft, euros, stockOf } from './goods.ts';
import { ledgerOf } from './ledger.ts';
import { NOBODYS_ID, type Cart, type Product } from './shapes.ts';
import { uniqueEmail, uniqueKey } from './unique.ts';

const admin = await signInAdmin();

type Headers = Readonly<Record<string, string>>;

interface Write {
  readonly send: (headers: Headers) => Promise<Answer>;
  /** The same operation for something else. */
  readonly sendOther: (headers: Headers) => Promise<Answer>;
  /** What somebody else does meanwhile, which a write that were done again would undo, or fail by. */
  readonly meanwhile: () => Promise<unknown>;
  /** What can be seen of it. */
  readonly look: () => Promise<unknown>;
}

const bodyOf = async (answer: Promise<Answer>) => {
  const { status, body } = await answer;
  return status === 404 ? 'not found' : body;
};
const nothing = () => Promise.resolve();

const WRITES: Readonly<Record<string, () => Promise<Write>>> = {
  async 'open an account'() {
    const account = { email: uniqueEmail(), password: PASSWORD, name: 'Ada' };
    const someone = visitor();
    return {
      send: (headers) => someone.post('/customers', account, headers),
      sendOther: (headers) => someone.post('/customers', { ...account, password: `${PASSWORD}!` }, headers),
      meanwhile: nothing,
      look: async () => (await signIn(account.email, PASSWORD)).body.customer,
    };
  },
  async 'put a product on sale'() {
    const product = await draft();
    return {
      send: (headers) => admin.post('/products', product, headers),
      sendOther: (headers) => admin.post('/products', { ...product, name: 'Red kettle' }, headers),
      meanwhile: nothing,
      look: nothing,
    };
  },
  async 'change a product'() {
    const { id } = await createProduct(admin);
    const change = (name: string) => (headers: Headers) => admin.patch(`/products/${id}`, { name }, headers);
    return {
      send: change('Red kettle'),
      sendOther: change('Green kettle'),
      meanwhile: () => admin.patch(`/products/${id}`, { price: euros(77) }),
      look: () => bodyOf(admin.get(`/products/${id}`)),
    };
  },
  async 'change a product at its version'() {
    const { id } = await createProduct(admin);
    const etag = (await admin.get(`/products/${id}`)).headers.get('etag') ?? '';
    const change = (headers: Headers) => admin.patch(`/products/${id}`, { name: 'Red kettle' }, headers);
    return {
      send: (headers) => change({ ...headers, 'if-match': etag }),
      sendOther: change,
      meanwhile: () => admin.patch(`/products/${id}`, { price: euros(77) }),
      look: () => bodyOf(admin.get(`/products/${id}`)),
    };
  },
  async 'archive a product'() {
    const { id } = await createProduct(admin);
    return {
      send: (headers) => admin.delete(`/products/${id}`, headers),
      sendOther: (headers) => admin.delete(`/products/${NOBODYS_ID}`, headers),
      meanwhile: nothing,
      look: () => bodyOf(admin.get(`/products/${id}`)),
    };
  },
  async 'set a stock'() {
    const product = await createProduct(admin);
    const set = (onHand: number) => (headers: Headers) =>
      admin.put(`/stock/${product.id}`, { onHand }, headers);
    return {
      send: set(5),
      sendOther: set(6),
      meanwhile: () => admin.put(`/stock/${product.id}`, { onHand: 9 }),
      look: () => stockOf(admin, product),
    };
  },
  async 'fill a cart'() {
    const [customer, { id }] = [await registerCustomer(), await createProduct(admin)];
    const put = (quantity: number) => (headers: Headers) =>
      customer.put(`/cart/items/${id}`, { quantity }, headers);
    return {
      send: put(2),
      sendOther: put(3),
      meanwhile: () => customer.delete(`/cart/items/${id}`),
      look: () => bodyOf(customer.get('/cart')),
    };
  },
  async 'take something out of a cart'() {
    const [customer, product] = [await registerCustomer(), await createProduct(admin)];
    await fillCart(customer, product);
    return {
      send: (headers) => customer.delete(`/cart/items/${product.id}`, headers),
      sendOther: (headers) => customer.delete(`/cart/items/${NOBODYS_ID}`, headers),
      meanwhile: () => fillCart(customer, product, 7),
      look: () => bodyOf(customer.get('/cart')),
    };
  },
};

const told = ({ status, text, headers }: Answer) => ({ status, text, etag: headers.get('etag') });
const writes = Object.entries(WRITES).map(([what, make]) => ({ what, make }));

test.each(writes)(
  'to $what again under the same key is not done, and answered as before',
  async ({ make }) => {
    const { send, meanwhile, look } = await make();
    const key = { 'idempotency-key': uniqueKey() };
    const first = await send(key);
    expect(first.status).toBeLessThan(300);
    await meanwhile();
    const seen = await look();
    expect(told(await send(key))).toEqual(told(first));
    expect(await look()).toEqual(seen);
  },
);

test.each(writes)('to $what ten times at once under one key is answered alike', async ({ make }) => {
  const { send } = await make();
  const key = { 'idempotency-key': uniqueKey() };
  const answers = (await atOnce(10, () => send(key))).map(told);
  expect(answers[0]?.status).toBeLessThan(300);
  expect(answers).toEqual(answers.map(() => answers[0]));
});

test.each(writes)('to $what under a key that was used for something else is refused', async ({ make }) => {
  const { send, sendOther, look } = await make();
  const key = { 'idempotency-key': uniqueKey() };
  expect((await send(key)).status).toBeLessThan(300);
  const seen = await look();
  expectProblem(await sendOther(key), 409, 'idempotency_key_reused');
  expect(await look()).toEqual(seen);
});

test.each(writes)('to $what under what cannot be a key is refused', async ({ make }) => {
  const { send } = await make();
  const problem = expectProblem(await send({ 'idempotency-key': 'with a blank' }), 400, 'invalid_request');
  expect(problem.violations?.map(({ pointer }) => pointer)).toEqual(['/headers/idempotency-key']);
});

test('a write that was refused left nothing under its key, and may succeed under it later', async () => {
  const customer = await registerCustomer();
  const product = await createProduct(admin);
  const key = { 'idempotency-key': uniqueKey() };
  const remove = () => customer.delete(`/cart/items/${product.id}`, key);
  expectProblem(await remove(), 404, 'not_found');
  await fillCart(customer, product);
  expect((await remove()).body).toMatchObject({ items: [] });
});

test("one customer's key does not touch another's", async () => {
  const [one, other] = [await registerCustomer(), await registerCustomer()];
  const { id } = await createProduct(admin);
  const key = { 'idempotency-key': uniqueKey() };
  const put = (customer: Session, quantity: number) =>
    customer.put<Cart>(`/cart/items/${id}`, { quantity }, key);
  expect(granted(await put(one, 1)).items).toMatchObject([{ quantity: 1 }]);
  expect(granted(await put(other, 2)).items).toMatchObject([{ quantity: 2 }]);
  expect(granted(await put(one, 1)).items).toMatchObject([{ quantity: 1 }]);
});

test('without a key a write is done as often as it is sent', async () => {
  const { id } = await createProduct(admin);
  const rename = async () =>
    (await admin.patch<Product>(`/products/${id}`, { name: 'Red kettle' })).headers.get('etag');
  expect(await rename()).not.toBe(await rename());
});

test('a cancellation takes a key, whichever, and cancels once', async () => {
  const customer: Customer = await registerCustomer();
  const product = await createProduct(admin, { onHand: 3 });
  const { id } = granted(await buy(customer, product));
  const cancel = (key: string) =>
    customer.post(`/orders/${id}/cancel`, undefined, { 'idempotency-key': key });
  const key = uniqueKey();
  const first = await cancel(key);
  expect(first).toMatchObject({
    status: 200,
    body: { status: 'cancelled', payment: { status: 'refunded' } },
  });
  for (const again of [key, uniqueKey()]) expect(told(await cancel(again))).toEqual(told(first));
  expect(await findOrder(customer, id)).toEqual(first.body);
  expect(await stockOf(customer, product)).toMatchObject({ onHand: 3, reserved: 0 });
  expect(await ledgerOf(product.price.amount)).toEqual(['charge', 'refund']);
});
