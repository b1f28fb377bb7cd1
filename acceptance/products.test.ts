// Products and categories: put on sale, looked at, changed, taken off sale.
import { granted, registerCustomer, signInAdmin, visitor } from './actors.ts';
import { buy, findOrder } from './buying.ts';
import { expectProblem } from './expect-problem.ts';
import { categories, createProduct, draft, euros } from './goods.ts';
import { NOBODYS_ID, UUID_V7, type Categories, type Product } from './shapes.ts';

const admin = await signInAdmin();

test('categories are listed by name, and their slugs are unique', async () => {
  const { categories } = granted(await visitor().get<Categories>('/categories'));
  expect(categories.length).toBeGreaterThan(1);
  const names = categories.map(({ name }) => name);
  expect(names).toEqual(names.toSorted((a, b) => (a < b ? -1 : 1)));
  expect(new Set(categories.map(({ slug }) => slug)).size).toBe(categories.length);
});

test('a new product has what it was given, an id that is a UUIDv7, and no stock', async () => {
  const given = await draft();
  const answer = await admin.post<Product>('/products', given);
  expect(answer.status).toBe(201);
  expect(answer.body).toEqual({ id: expect.stringMatching(UUID_V7) as string, ...given });
  const { status, body } = await admin.get(`/stock/${answer.body.id}`);
  expect({ status, body }).toEqual({
    status: 200,
    body: { productId: answer.body.id, onHand: 0, reserved: 0, available: 0 },
  });
});

test('a product is read back as it was answered when it was made', async () => {
  const product = await createProduct(admin);
  const answer = await admin.get(`/products/${product.id}`);
  expect(answer.status).toBe(200);
  expect(answer.body).toEqual(product);
});

test('blanks around a name and a description are cut off', async () => {
  const product = await createProduct(admin, { name: '  Tea pot ', description: '\n Pours. ' });
  expect(product).toMatchObject({ name: 'Tea pot', description: 'Pours.' });
});

test('a change alters the given fields and no others', async () => {
  const product = await createProduct(admin);
  const [, category] = await categories();
  const changes = { price: euros(4_711), category };
  const answer = await admin.patch<Product>(`/products/${product.id}`, changes);
  expect({ status: answer.status, body: answer.body }).toEqual({
    status: 200,
    body: { ...product, ...changes },
  });
  expect((await admin.get(`/products/${product.id}`)).body).toEqual(answer.body);
});

test.each([{}, { colour: 'blue' }, { name: '' }, { price: { amount: -1, currency: 'EUR' } }, { sku: 'a b' }])(
  'the change %j is refused',
  async (changes) => {
    const { id } = await createProduct(admin);
    expectProblem(await admin.patch(`/products/${id}`, changes), 400, 'invalid_request');
  },
);

test.each(
  Object.entries({
    'nothing to pay': { price: { amount: 0, currency: 'EUR' } },
    'half a cent': { price: { amount: 1.5, currency: 'EUR' } },
    'a price that is a text': { price: { amount: '5', currency: 'EUR' } },
    'a price in another currency': { price: { amount: 5, currency: 'USD' } },
    'a SKU in small letters': { sku: 'lower-case' },
    'a name that is too long': { name: 'x'.repeat(201) },
    'no category': { category: undefined },
  }),
)('a product with %s is refused, and the answer says where it is wrong', async (_what, fault) => {
  const answer = await admin.post('/products', { ...(await draft()), ...fault });
  const { violations = [] } = expectProblem(answer, 400, 'invalid_request');
  const [field = ''] = Object.keys(fault);
  expect(violations.some(({ pointer }) => pointer.startsWith(`/body/${field}`))).toBe(true);
});

test('a category that does not exist is refused, for a new product and for an old one', async () => {
  const category = 'no-such-category';
  expectProblem(await admin.post('/products', { ...(await draft()), category }), 400, 'unknown_category');
  const { id } = await createProduct(admin);
  expectProblem(await admin.patch(`/products/${id}`, { category }), 400, 'unknown_category');
});

test("another product's SKU is refused, for a new product and for an old one", async () => {
  const [{ sku }, { id }] = await Promise.all([createProduct(admin), createProduct(admin)]);
  expectProblem(await admin.post('/products', { ...(await draft()), sku }), 409, 'sku_taken');
  expectProblem(await admin.patch(`/products/${id}`, { sku }), 409, 'sku_taken');
});

test('an archived product is gone: for reading, changing, stock, and archiving again', async () => {
  const { id } = await createProduct(admin);
  const gone = await admin.delete(`/products/${id}`);
  expect({ status: gone.status, text: gone.text }).toEqual({ status: 204, text: '' });
  expectProblem(await admin.get(`/products/${id}`), 404, 'not_found');
  expectProblem(await admin.patch(`/products/${id}`, { name: 'Again' }), 404, 'not_found');
  expectProblem(await admin.get(`/stock/${id}`), 404, 'not_found');
  expectProblem(await admin.put(`/stock/${id}`, { onHand: 1 }), 404, 'not_found');
  expectProblem(await admin.delete(`/products/${id}`), 404, 'not_found');
});

test('an order keeps the name and the price that it was placed at', async () => {
  const product = await createProduct(admin, { onHand: 1 });
  const customer = await registerCustomer();
  const placed = granted(await buy(customer, product));
  granted(await admin.patch(`/products/${product.id}`, { name: 'Renamed', price: euros(1) }));
  await admin.delete(`/products/${product.id}`);
  expect(placed.items).toEqual([
    { productId: product.id, name: product.name, unitPrice: product.price, quantity: 1 },
  ]);
  expect(await findOrder(customer, placed.id)).toEqual(placed);
});

test('a product that does not exist is not found, and an id that is none is refused', async () => {
  expectProblem(await admin.get(`/products/${NOBODYS_ID}`), 404, 'not_found');
  expectProblem(await admin.patch(`/products/${NOBODYS_ID}`, { name: 'x' }), 404, 'not_found');
  expectProblem(await admin.delete(`/products/${NOBODYS_ID}`), 404, 'not_found');
  expectProblem(await admin.get('/products/42'), 400, 'invalid_request');
});
