import fc from 'fast-check';
import {
  PRODUCT_ORDERS,
  type Product,
  type ProductDraft,
  type ProductOrder,
  type ProductPosition,
} from './catalog.ts';
import { openTestCatalog, type TestCatalog } from './testing.ts';

let opened: TestCatalog;
let count = 0;

beforeAll(async () => {
  opened = await openTestCatalog(['tea', 'coffee']);
});
afterAll(() => opened.close());

const draft = (changes: Partial<ProductDraft> = {}): ProductDraft => ({
  sku: `SKU-${(count += 1)}`,
  name: 'Iron kettle',
  description: 'Boils water.',
  category: 'tea',
  price: { amount: 1_000, currency: 'EUR' },
  ...changes,
});

test('a product that was created is found again, at version 1', async () => {
  const { product } = await opened.catalog.createProduct(draft());
  expect(await opened.catalog.getProduct(product.id)).toEqual({ product, version: 1 });
});

test('a SKU can be given once, also when many ask at once', async () => {
  const attempts = Array.from({ length: 10 }, () => opened.catalog.createProduct(draft({ sku: 'SAME' })));
  const outcomes = await Promise.allSettled(attempts);
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
  expect(refused).toHaveLength(9);
  expect(refused[0]?.reason).toMatchObject({ code: 'sku_taken', kind: 'conflict' });
});

test('a product cannot be put into a category that does not exist', async () => {
  await expect(opened.catalog.createProduct(draft({ category: 'cars' }))).rejects.toMatchObject({
    code: 'unknown_category',
  });
});

test('a change keeps the fields that it does not name, and raises the version', async () => {
  const { product } = await opened.catalog.createProduct(draft());
  const changed = await opened.catalog.updateProduct(product.id, { name: 'Steel kettle' });
  expect(changed).toEqual({ product: { ...product, name: 'Steel kettle' }, version: 2 });
});

test('of two changes based on the same version the second is refused', async () => {
  const { product } = await opened.catalog.createProduct(draft());
  await opened.catalog.updateProduct(product.id, { name: 'A' }, 1);
  await expect(opened.catalog.updateProduct(product.id, { name: 'B' }, 1)).rejects.toMatchObject({
    code: 'version_mismatch',
    kind: 'precondition_failed',
  });
});

test('a change to the SKU of another product is refused', async () => {
  const { product } = await opened.catalog.createProduct(draft({ sku: 'TAKEN' }));
  const other = await opened.catalog.createProduct(draft());
  await expect(opened.catalog.updateProduct(other.product.id, { sku: product.sku })).rejects.toMatchObject({
    code: 'sku_taken',
  });
});

test('an archived product is not found, listed, changed or archived again', async () => {
  const { product } = await opened.catalog.createProduct(draft({ name: 'Vanishing vase' }));
  await opened.catalog.archiveProduct(product.id);
  const gone = { code: 'not_found' };
  await expect(opened.catalog.getProduct(product.id)).rejects.toMatchObject(gone);
  await expect(opened.catalog.updateProduct(product.id, { name: 'A' })).rejects.toMatchObject(gone);
  await expect(opened.catalog.archiveProduct(product.id)).rejects.toMatchObject(gone);
  expect(await listAll({ words: 'vanishing', order: 'relevance' })).toEqual([]);
});

test('a search finds other forms of a word, and puts names before descriptions', async () => {
  const inText = await opened.catalog.createProduct(draft({ name: 'A box', description: 'For trumpets.' }));
  const inName = await opened.catalog.createProduct(
    draft({ name: 'Trumpet stand', description: 'Of brass.' }),
  );
  const newerInText = await opened.catalog.createProduct(
    draft({ name: 'A cloth', description: 'To clean a trumpet.' }),
  );
  const found = await listAll({ words: 'trumpet', order: 'relevance' });
  expect(found.map(({ id }) => id)).toEqual([inName, newerInText, inText].map(({ product }) => product.id));
});

test('a list tells the version of each product, and so does a question for several', async () => {
  const { product } = await opened.catalog.createProduct(draft({ name: 'Versioned vase' }));
  const changed = await opened.catalog.updateProduct(product.id, { description: 'Of glass.' });
  const query = { words: 'versioned', order: 'newest' } as const;
  expect((await opened.catalog.listProducts(query, 1)).products).toEqual([changed]);
  expect(await opened.catalog.getProducts([product.id])).toEqual([changed]);
});

test('filters narrow the list by category and by price, bounds included', async () => {
  for (const amount of [7_001, 7_002, 7_003])
    await opened.catalog.createProduct(draft({ category: 'coffee', price: { amount, currency: 'EUR' } }));
  const found = await listAll({ category: 'coffee', minPrice: 7_002, maxPrice: 7_003, order: 'price' });
  expect(found.map(({ price }) => price.amount)).toEqual([7_002, 7_003]);
});

test('pages of any size, in any order, give every product once, in that order', async () => {
  const names = ['Apple', 'Birne', 'Apple', 'Zitrone', 'apple', 'Éclair', 'Birne'];
  for (const [index, name] of names.entries()) {
    await opened.catalog.createProduct(
      draft({
        name,
        description: index % 2 ? 'paged fruit' : 'fruit, paged',
        price: { amount: 5_000 + (index % 3), currency: 'EUR' },
      }),
    );
  }
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...PRODUCT_ORDERS),
      fc.integer({ min: 1, max: 9 }),
      async (order, pageSize) => {
        const products = await listAll({ words: 'paged fruit', order }, pageSize);
        expect(new Set(products.map(({ id }) => id)).size).toBe(names.length);
        expect(products).toEqual(products.toSorted(comparators[order]));
      },
    ),
    { numRuns: 40 },
  );
});

const byCode = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
const byId = (a: Product, b: Product) => byCode(a.id, b.id);

const comparators: Record<ProductOrder, (a: Product, b: Product) => number> = {
  newest: (a, b) => byId(b, a),
  relevance: (a, b) => byId(b, a),
  name: (a, b) => byCode(a.name, b.name) || byId(a, b),
  price: (a, b) => a.price.amount - b.price.amount || byId(a, b),
  '-price': (a, b) => b.price.amount - a.price.amount || byId(b, a),
};

async function listAll(
  query: Parameters<TestCatalog['catalog']['listProducts']>[0],
  pageSize = 100,
): Promise<Product[]> {
  const products: Product[] = [];
  let after: ProductPosition | undefined;
  do {
    const page = await opened.catalog.listProducts(query, pageSize, after);
    products.push(...page.products.map(({ product }) => product));
    after = page.next;
  } while (after !== undefined && products.length < 10_000);
  return products;
}
