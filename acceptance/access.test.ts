// Who may do what: everybody reads the catalog, customers have carts and orders of their own, administrators sell.
import { granted, registerCustomer, signInAdmin, visitor } from './actors.ts';
import { buy, fillCart, findOrder } from './buying.ts';
import type { Session } from './client.ts';
import { expectProblem } from './expect-problem.ts';
import { createProduct, draft, stockOf } from './goods.ts';
import { NOBODYS_ID, type Cart, type Order, type ProductPage } from './shapes.ts';

const admin = await signInAdmin();

type Attempt = (session: Session) => ReturnType<Session['get']>;

const FOR_CUSTOMERS: Readonly<Record<string, Attempt>> = {
  'read a cart': (session) => session.get('/cart'),
  'fill a cart': (session) => session.put(`/cart/items/${NOBODYS_ID}`, { quantity: 1 }),
  'empty a cart': (session) => session.delete(`/cart/items/${NOBODYS_ID}`),
  'place an order': (session) => session.post('/orders', {}),
  'list orders': (session) => session.get('/orders'),
  'read an order': (session) => session.get(`/orders/${NOBODYS_ID}`),
  'cancel an order': (session) => session.post(`/orders/${NOBODYS_ID}/cancel`),
};

const FOR_ADMINISTRATORS: Readonly<Record<string, Attempt>> = {
  'put a product on sale': async (session) => session.post('/products', await draft()),
  'change a product': async (session) =>
    session.patch(`/products/${(await createProduct(admin)).id}`, { name: 'Mine' }),
  'archive a product': async (session) => session.delete(`/products/${(await createProduct(admin)).id}`),
  'set a stock': async (session) => session.put(`/stock/${(await createProduct(admin)).id}`, { onHand: 9 }),
};

test.each(Object.entries({ ...FOR_CUSTOMERS, ...FOR_ADMINISTRATORS }))(
  'nobody can %s without having signed in',
  async (_what, attempt) => {
    const answer = await attempt(visitor());
    expectProblem(answer, 401, 'unauthenticated');
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer\b/);
  },
);

test.each(Object.entries(FOR_ADMINISTRATORS))('a customer cannot %s', async (_what, attempt) => {
  expectProblem(await attempt(await registerCustomer()), 403, 'permission_denied');
});

test('a change that was refused has changed nothing', async () => {
  const product = await createProduct(admin, { onHand: 1 });
  const customer = await registerCustomer();
  await customer.patch(`/products/${product.id}`, { name: 'Mine' });
  await customer.put(`/stock/${product.id}`, { onHand: 9 });
  await customer.delete(`/products/${product.id}`);
  expect((await admin.get(`/products/${product.id}`)).body).toEqual(product);
  expect(await stockOf(admin, product)).toMatchObject({ onHand: 1 });
});

test('everybody may look at products, categories and stock', async () => {
  const someone = visitor();
  const { products } = granted(await someone.get<ProductPage>('/products?q=kettle&sort=name'));
  const [{ id } = { id: 'of no product' }] = products;
  for (const path of ['/categories', `/products/${id}`, `/stock/${id}`])
    expect({ path, status: (await someone.get(path)).status }).toEqual({ path, status: 200 });
});

test("another customer's order can be neither seen nor cancelled, as if it did not exist", async () => {
  const [owner, other] = [await registerCustomer(), await registerCustomer()];
  const placed = granted(await buy(owner, await createProduct(admin, { onHand: 1 })));
  const unseen = expectProblem(await other.get(`/orders/${placed.id}`), 404, 'not_found');
  expectProblem(await other.post(`/orders/${placed.id}/cancel`), 404, 'not_found');
  expectProblem(await admin.get(`/orders/${placed.id}`), 404, 'not_found');
  expect(granted(await other.get('/orders'))).toEqual({ orders: [] });

  const unknown = expectProblem(await other.get(`/orders/${NOBODYS_ID}`), 404, 'not_found');
  expect(unseen.detail.replace(placed.id, '')).toBe(unknown.detail.replace(NOBODYS_ID, ''));
  expect(await findOrder(owner, placed.id)).toEqual<Order>(placed);
});

test('every customer has a cart of their own', async () => {
  const [one, other] = [await registerCustomer(), await registerCustomer()];
  await fillCart(one, await createProduct(admin));
  expect(granted(await other.get<Cart>('/cart')).items).toEqual([]);
});

test('what only one customer may see is kept in no cache', async () => {
  const customer = await registerCustomer();
  for (const path of ['/cart', '/orders'])
    expect((await customer.get(path)).headers.get('cache-control')).toBe('no-store');
});
