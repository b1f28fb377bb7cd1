import { randomBytes } from 'node:crypto';
import type {
  CreateProductRequest,
  Product,
  ProductDraft,
} from '../../generated/protos/shop/catalog/v1/catalog.ts';
import { encodePageToken } from '#platform/http/page-token.ts';
import { newId } from '#platform/ids.ts';
import { openTestService, type TestService } from './testing-service.ts';

let service: TestService;
let client: TestService['client'];

beforeAll(async () => {
  service = await openTestService(['tea', 'coffee']);
  ({ client } = service);
});
afterAll(() => service.close());

const euros = (amount: number) => ({ amount: BigInt(amount), currency: 'EUR' });
const newSku = () => `SKU-${randomBytes(6).toString('hex').toUpperCase()}`;

const draft = (changes: Partial<ProductDraft> = {}): ProductDraft => ({
  ...{ sku: newSku(), name: 'Kettle', description: 'Boils water.', category: 'tea', price: euros(1_250) },
  ...changes,
});

async function create(changes: Partial<ProductDraft> = {}, request: Partial<CreateProductRequest> = {}) {
  const { product } = await client.createProduct({ product: draft(changes), ...request });
  return product as Product;
}

const NO_CHANGES = { price: undefined };
const FIRST_PAGE = { pageToken: '', filter: undefined, order: 0 } as const;
const idsOf = (products: readonly Product[]) => products.map(({ id }) => id);

test('a new product begins at version 1, and is told as it was made', async () => {
  const product = draft();
  const created = await create(product);
  expect(created).toEqual({ ...product, id: expect.any(String) as string, etag: '"1"' });
  expect(await client.getProduct({ id: created.id })).toEqual({ product: created });
  await expect(client.getProduct({ id: newId() })).rejects.toMatchObject({ code: 'not_found' });
});

test('of several products those for sale come in the order of the ids, and the others are named', async () => {
  const [first, second] = [await create(), await create()];
  const nobody = newId();
  const ids = [second.id.toUpperCase(), nobody, first.id];
  expect(await client.batchGetProducts({ ids })).toEqual({ products: [second, first], missingIds: [nobody] });
});

test('a list is filtered, ordered and paged, by 24 unless told otherwise', async () => {
  const made = [];
  for (let number = 0; number < 25; number += 1)
    made.push(await create({ category: 'coffee', price: euros(9_000 + (number % 2)) }));
  const first = await client.listProducts({
    ...FIRST_PAGE,
    pageSize: 0,
    filter: { category: 'coffee', minPrice: 9_000n, maxPrice: 9_001n },
    order: 4,
  });
  const sorted = made.toSorted(
    (a, b) => Number((b.price?.amount ?? 0n) - (a.price?.amount ?? 0n)) || (a.id < b.id ? 1 : -1),
  );
  expect(first.products).toEqual(sorted.slice(0, 24));

  const question = { filter: { category: 'coffee', minPrice: 9_000n, maxPrice: 9_001n }, order: 4 } as const;
  const rest = { ...question, pageSize: 24, pageToken: first.nextPageToken };
  expect(await client.listProducts(rest)).toEqual({ products: sorted.slice(24), nextPageToken: '' });
  await expect(client.listProducts({ ...rest, order: 3 })).rejects.toMatchObject({
    code: 'invalid_page_token',
    kind: 'invalid_argument',
  });
});

test('a page token is the one that the monolith makes of the same question', async () => {
  const [older] = [await create({ name: 'Tokens' }), await create({ name: 'Tokens' })];
  const asMonolith = (...question: unknown[]) => encodePageToken(question, { key: 9_999, id: older.id });
  const list = {
    ...FIRST_PAGE,
    pageSize: 1,
    filter: { category: 'tea', minPrice: undefined, maxPrice: 5_000n },
  };
  const byPrice = { ...list, order: 3, pageToken: asMonolith(null, 'tea', null, 5_000, 'price') } as const;
  expect(await client.listProducts(byPrice)).toEqual({ products: [], nextPageToken: '' });

  const { products, nextPageToken } = await client.searchProducts({
    ...FIRST_PAGE,
    words: 'tokens',
    pageSize: 1,
  });
  expect(nextPageToken).toBe(
    encodePageToken(['tokens', null, null, null, 'relevance'], { key: 1, id: products[0]?.id }),
  );
});

test('a search finds the words, those in the name first', async () => {
  const inName = await create({ name: 'Zither' });
  const inText = await create({ description: 'Holds zithers.' });
  const search = { ...FIRST_PAGE, words: 'zithers', pageSize: 10 };
  const found = await client.searchProducts(search);
  expect(idsOf(found.products)).toEqual([inName.id, inText.id]);
  const newest = await client.searchProducts({ ...search, order: 1 });
  expect(idsOf(newest.products)).toEqual([inText.id, inName.id]);
});

test('all categories come by name', async () => {
  expect(await client.listCategories({})).toEqual({
    categories: [
      { slug: 'coffee', name: 'coffee' },
      { slug: 'tea', name: 'tea' },
    ],
  });
});

test('an update changes what is set, or of that what the mask names', async () => {
  const { id, ...before } = await create();
  const changes = { ...NO_CHANGES, name: 'Pot', description: 'Of iron.' };
  const masked = await client.updateProduct({ id, product: changes, updateMask: ['name'] });
  expect(masked.product).toEqual({ ...before, id, name: 'Pot', etag: '"2"' });
  const unmasked = await client.updateProduct({ id, product: changes, updateMask: undefined });
  expect(unmasked.product).toEqual({ ...before, id, name: 'Pot', description: 'Of iron.', etag: '"3"' });
  const empty = await client.updateProduct({ id, product: { price: euros(7) }, updateMask: [] });
  expect(empty.product).toMatchObject({ price: euros(7), etag: '"4"' });
});

test('an update based on an etag is refused where another one came first', async () => {
  const { id } = await create();
  const update = (etag: string | undefined) =>
    client.updateProduct({ id, product: { ...NO_CHANGES, name: 'Pot' }, updateMask: undefined, etag });
  await update('"1"');
  await expect(update('"1"')).rejects.toMatchObject({
    code: 'version_mismatch',
    kind: 'precondition_failed',
  });
  expect((await update('W/"2"')).product?.etag).toBe('"3"');
  expect((await update('*')).product?.etag).toBe('"4"');
});

test('an archived product is gone, once', async () => {
  const { id } = await create();
  expect(await client.archiveProduct({ id })).toEqual({});
  await expect(client.getProduct({ id })).rejects.toMatchObject({ code: 'not_found' });
  await expect(client.archiveProduct({ id })).rejects.toMatchObject({ code: 'not_found' });
});

test.each([
  ['sku_taken', 'conflict', async () => ({ sku: (await create()).sku })],
  ['unknown_category', 'invalid_argument', async () => ({ category: 'cars' })],
])('a product that cannot be made is refused with %s', async (code, kind, changes) => {
  await expect(create(await changes())).rejects.toMatchObject({ code, kind });
});
