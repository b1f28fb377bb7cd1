// The product list: filters, search and order.
import { granted, signInAdmin, visitor } from './actors.ts';
import { expectProblem } from './expect-problem.ts';
import { categories, createProduct, euros, type Draft } from './goods.ts';
import type { ProductPage } from './shapes.ts';
import { uniqueWord } from './unique.ts';

const admin = await signInAdmin();

/** Names of the listed products, in the order of the list. */
async function list(filters: Readonly<Record<string, string | number>>): Promise<readonly string[]> {
  const query = Object.entries(filters).map(([key, value]) => `${key}=${encodeURIComponent(value)}`);
  const { products } = granted(await admin.get<ProductPage>(`/products?${query.join('&')}`));
  return products.map(({ name }) => name);
}

/** Puts products on sale one after the other, the last one being the newest. */
async function onSale(...drafts: readonly Partial<Draft>[]): Promise<void> {
  for (const each of drafts) await createProduct(admin, each);
}

test('without a question the newest products come first, 24 to the page', async () => {
  const { products, nextPageToken } = granted(await visitor().get<ProductPage>('/products'));
  expect(products).toHaveLength(24);
  expect(nextPageToken).toEqual(expect.any(String));
  const ids = products.map(({ id }) => id);
  expect(ids).toEqual(ids.toSorted().toReversed());
});

test('a category keeps the products of the others out', async () => {
  const word = uniqueWord();
  const [here, there] = await categories();
  await onSale({ name: `${word} here`, category: here }, { name: `${word} there`, category: there });
  expect(await list({ q: word, category: here })).toEqual([`${word} here`]);
  expect(await list({ q: word, category: there })).toEqual([`${word} there`]);
  expect(await list({ q: word, category: 'no-such-category' })).toEqual([]);
});

test('both ends of a price range belong to it', async () => {
  const word = uniqueWord();
  await onSale(
    ...[99, 100, 150, 200, 201].map((amount) => ({ name: `${word} ${amount}`, price: euros(amount) })),
  );
  const named = (...amounts: number[]) => amounts.map((amount) => `${word} ${amount}`);
  expect(await list({ q: word, sort: 'price', minPrice: 100, maxPrice: 200 })).toEqual(named(100, 150, 200));
  expect(await list({ q: word, sort: 'price', minPrice: 201 })).toEqual(named(201));
  expect(await list({ q: word, sort: 'price', maxPrice: 99 })).toEqual(named(99));
  expect(await list({ q: word, minPrice: 200, maxPrice: 100 })).toEqual([]);
});

test('each order is the order that its name says', async () => {
  const word = uniqueWord();
  await onSale(
    { name: `${word} b`, price: euros(300) },
    { name: `${word} c`, price: euros(100) },
    { name: `${word} a`, price: euros(200) },
  );
  const sorted = async (sort: string) => (await list({ q: word, sort })).map((name) => name.at(-1)).join('');
  expect(await sorted('newest')).toBe('acb');
  expect(await sorted('name')).toBe('abc');
  expect(await sorted('price')).toBe('cab');
  expect(await sorted('-price')).toBe('bac');
});

test('a search looks at name and description, for every one of its words, in any case', async () => {
  const word = uniqueWord();
  await onSale(
    { name: `${word} copper pot`, description: 'For jam.' },
    { name: `${word} pan`, description: 'Of copper.' },
    { name: 'Steel pot', description: `Not for ${word}.` },
  );
  expect(await list({ q: `${word} copper`, sort: 'name' })).toEqual([`${word} copper pot`, `${word} pan`]);
  expect(await list({ q: `COPPER ${word.toUpperCase()} jam` })).toEqual([`${word} copper pot`]);
  expect(await list({ q: `${word} silver` })).toEqual([]);
});

test('a search finds other forms of a word', async () => {
  const word = uniqueWord();
  await onSale({ name: `${word} kettles`, description: 'Boiling water for brewing.' });
  for (const form of ['kettle', 'boil', 'boiled', 'brews']) {
    expect(await list({ q: `${word} ${form}` })).toEqual([`${word} kettles`]);
  }
});

test('products with all words in the name come before those that need the description, the newest first', async () => {
  const [one, two] = [uniqueWord(), uniqueWord()];
  await onSale(
    { name: `A ${one} ${two}` },
    { name: 'B', description: `${one} ${two} ${one} ${two}` },
    { name: `C ${two}`, description: `with ${one}` },
    { name: `D ${two}, and ${one}`, description: 'Plain.' },
    { name: `E ${one}`, description: `${two}` },
  );
  const byRelevance = [`D ${two}, and ${one}`, `A ${one} ${two}`, `E ${one}`, `C ${two}`, 'B'];
  expect(await list({ q: `${one} ${two}` })).toEqual(byRelevance);
  expect(await list({ q: `${one} ${two}`, sort: 'relevance' })).toEqual(byRelevance);
});

test('a search that says nothing finds nothing, and none of its signs is taken for an instruction', async () => {
  expect(await list({ q: 'the' })).toEqual([]);
  expect(await list({ q: `${uniqueWord()}' | !x & (y <-> :*` })).toEqual([]);
});

test('an archived product is in no list', async () => {
  const word = uniqueWord();
  const { id } = await createProduct(admin, { name: word });
  expect(await list({ q: word })).toEqual([word]);
  await admin.delete(`/products/${id}`);
  expect(await list({ q: word })).toEqual([]);
});

test.each([
  'sort=cheapest',
  'minPrice=-1',
  'maxPrice=many',
  'pageSize=0',
  'pageSize=101',
  'category=A%20B',
  'q=',
])('the question ?%s is refused', async (query) => {
  expectProblem(await visitor().get(`/products?${query}`), 400, 'invalid_request');
});
