// The catalog's reads, as protos/shop/catalog/v1/catalog.proto promises them.
import { ProductOrder as Order, type Product } from '../../../generated/protos/shop/catalog/v1/catalog.ts';
import { newId } from '#platform/ids.ts';
import { draft, euros, idsOf, newSku, openContract, type Contract } from './testing-contract.ts';
import type { Wire } from './testing-wire.ts';

let contract: Contract;
let call: Wire['call'];
let refusal: Wire['refusal'];
let create: Contract['create'];

beforeAll(async () => {
  contract = await openContract();
  ({ create } = contract);
  ({ call, refusal } = contract.wire);
});
afterAll(() => contract.close());

type ListRequest = Parameters<typeof call<'listProducts'>>[1];
type SearchRequest = Parameters<typeof call<'searchProducts'>>[1];
interface Page {
  readonly products: readonly Product[];
  readonly nextPageToken: string;
}

/** More than any list here has: one whose pages repeat themselves has no end. */
const MOST_PAGES = 50;

/** Every page from the first to the last, one by one. */
async function pagesOf(page: (pageToken: string) => Promise<Page>): Promise<(readonly Product[])[]> {
  const pages: (readonly Product[])[] = [];
  for (let token = ''; pages.length < MOST_PAGES;) {
    const { products, nextPageToken } = await page(token);
    pages.push(products);
    if (nextPageToken === '') return pages;
    token = nextPageToken;
  }
  throw new Error(`a list without an end: ${JSON.stringify(idsOf(pages.flat()).slice(-5))}`);
}
const list = (request: ListRequest) =>
  pagesOf((pageToken) => call('listProducts', { ...request, pageToken }));
const search = (request: SearchRequest) =>
  pagesOf((pageToken) => call('searchProducts', { ...request, pageToken }));

/** A category that nobody else's products are in. */
async function newCategory(): Promise<string> {
  const slug = newSku().toLowerCase();
  await contract.database.sql('INSERT INTO categories VALUES ($1, $1)', [slug]);
  return slug;
}

async function createAll(drafts: readonly Parameters<typeof create>[0][]): Promise<readonly Product[]> {
  const made: Product[] = [];
  for (const each of drafts) made.push(await create(each));
  return made;
}

const byId = (a: Product, b: Product) => (a.id < b.id ? -1 : 1);
const amount = ({ price }: Product) => Number(price?.amount);

describe('GetProduct', () => {
  test('tells a product whole, with its version as a quoted etag', async () => {
    const whole = draft({ name: 'Pot Ω', description: 'Of\niron, 😀.' });
    const { id } = await create(whole);
    expect(await call('getProduct', { id })).toEqual({ product: { ...whole, id, etag: '"1"' } });
    expect(await call('getProduct', { id: id.toUpperCase() })).toMatchObject({ product: { id } });
  });

  test('does not find what never was, and what is archived', async () => {
    const { id } = await create();
    await call('archiveProduct', { id });
    for (const gone of [id, newId()]) {
      expect(await refusal('getProduct', { id: gone })).toMatchObject({
        code: 'NOT_FOUND',
        problem: { code: 'not_found', kind: 'not_found' },
      });
    }
  });
});

describe('BatchGetProducts', () => {
  test('tells those for sale in the order of the ids, and names the others in that order, too', async () => {
    const [first, second, archived] = [await create(), await create(), await create()];
    await call('archiveProduct', { id: archived.id });
    const [early, late] = [newId(), newId()];
    const ids = [late, second.id, archived.id, first.id, early];
    expect(await call('batchGetProducts', { ids })).toEqual({
      products: [second, first],
      missingIds: [late, archived.id, early],
    });
  });

  test('fits a hundred of the largest products into one answer, and so does a page of a list', async () => {
    const category = await newCategory();
    await contract.database.sql(
      `INSERT INTO products (id, sku, name, description, category_slug, price_amount, price_currency)
       SELECT gen_random_uuid(), $1 || n, repeat('😀', 200), repeat('😀', 5000), $2, 100000000, 'EUR'
       FROM generate_series(1, 100) AS n`,
      [newSku(), category],
    );
    const [page] = await list({ filter: { category }, pageSize: 100 });
    expect(page).toHaveLength(100);
    const { products } = await call('batchGetProducts', { ids: idsOf(page ?? []) });
    expect(products).toEqual(page);
  });
});

describe('ListProducts', () => {
  const NAMES = ['a', 'Z', 'é', 'a b', 'ab', '～', '😀'];
  let category: string;
  let made: readonly Product[];
  beforeAll(async () => {
    category = await newCategory();
    // Names and prices come several times each, so that ids have to decide.
    made = await createAll(
      Array.from({ length: 26 }, (_, n) => ({
        ...{ category, name: NAMES[n % NAMES.length] ?? '', price: euros(100 + (n % 3)) },
      })),
    );
  });

  const byCodePoint = (a: Product, b: Product) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name));
  const orders: readonly (readonly [keyof typeof Order, (a: Product, b: Product) => number])[] = [
    ['PRODUCT_ORDER_UNSPECIFIED', (a, b) => byId(b, a)],
    ['PRODUCT_ORDER_NEWEST', (a, b) => byId(b, a)],
    ['PRODUCT_ORDER_NAME', (a, b) => byCodePoint(a, b) || byId(a, b)],
    ['PRODUCT_ORDER_PRICE', (a, b) => amount(a) - amount(b) || byId(a, b)],
    ['PRODUCT_ORDER_PRICE_DESCENDING', (a, b) => amount(b) - amount(a) || byId(b, a)],
    ['PRODUCT_ORDER_RELEVANCE', (a, b) => byId(b, a)],
  ];

  test('every order of the contract is tried here', () => {
    const names = Object.keys(Order).filter((name) => name !== 'UNRECOGNIZED');
    expect(orders.map(([name]) => name).sort()).toEqual(names.sort());
  });

  test.each(orders)('%s is a total order, whatever the size of its pages', async (name, compare) => {
    const sorted = idsOf([...made].sort(compare));
    for (const pageSize of [1, 5, 26, 100]) {
      const pages = await list({ filter: { category }, order: Order[name], pageSize });
      expect(idsOf(pages.flat())).toEqual(sorted);
      expect(pages).toHaveLength(Math.ceil(26 / pageSize));
    }
  });

  test('a page has 24 products by default, and the last one ends the list', async () => {
    const pages = await list({ filter: { category } });
    expect(pages.map(({ length }) => length)).toEqual([24, 2]);
  });

  test('pages neither skip nor repeat a product while others are put on sale', async () => {
    for (const [name, compare] of orders) {
      const here = await newCategory();
      const before = await createAll(
        [3, 1, 4, 1, 5].map((n) => ({ category: here, name: `n${n}`, price: euros(n) })),
      );
      const pages = await pagesOf(async (pageToken) => {
        const request = { filter: { category: here }, order: Order[name], pageSize: 2, pageToken };
        const page = await call('listProducts', request);
        // One before and one behind wherever the list is just now.
        await createAll([0, 9].map((n) => ({ category: here, name: `n${n}`, price: euros(n + 1) })));
        return page;
      });
      const seen = idsOf(pages.flat());
      expect(new Set(seen).size).toBe(seen.length);
      const old = idsOf([...before].sort(compare));
      expect(seen.filter((id) => old.includes(id))).toEqual(old);
    }
  });

  test('filters by category and by price, bounds included, and by all of them together', async () => {
    const prices = async (filter: ListRequest['filter']) => {
      const products = (await list({ filter, pageSize: 100 })).flat();
      return [...new Set(products.map(amount))].sort();
    };
    expect(await prices({ category, minPrice: 101n })).toEqual([101, 102]);
    expect(await prices({ category, maxPrice: 101n })).toEqual([100, 101]);
    expect(await prices({ category, minPrice: 101n, maxPrice: 101n })).toEqual([101]);
    expect(await prices({ category, minPrice: 102n, maxPrice: 100n })).toEqual([]);
    expect(await prices({ category, minPrice: 0n, maxPrice: 0n })).toEqual([]);
    expect(await prices({ category: 'no-such-category' })).toEqual([]);
  });

  test('what is archived is not listed', async () => {
    const here = await newCategory();
    const [first, second] = await createAll([{ category: here }, { category: here }]);
    await call('archiveProduct', { id: first?.id ?? '' });
    expect(await list({ filter: { category: here } })).toEqual([[second]]);
  });

  test('a page token is refused for another filter or order, and where it was altered', async () => {
    const question = { filter: { category, minPrice: 1n }, order: Order.PRODUCT_ORDER_PRICE, pageSize: 5 };
    const { nextPageToken: pageToken } = await call('listProducts', question);
    const others: readonly ListRequest[] = [
      { order: Order.PRODUCT_ORDER_NAME },
      { order: Order.PRODUCT_ORDER_PRICE_DESCENDING },
      { filter: { category } },
      { filter: { category, minPrice: 2n } },
      { filter: { category, minPrice: 1n, maxPrice: 9n } },
      { filter: { minPrice: 1n } },
      { pageToken: `${pageToken}x` },
      { pageToken: pageToken.toLowerCase() },
      { pageToken: 'x' },
    ];
    for (const other of others) {
      expect(await refusal('listProducts', { ...question, pageToken, ...other })).toMatchObject({
        code: 'INVALID_ARGUMENT',
        details: ['shop.common.v1.Problem'],
        problem: { code: 'invalid_page_token', kind: 'invalid_argument' },
      });
    }
    // Of the order that is the default, the token is the same whether or not it was named.
    const { nextPageToken } = await call('listProducts', { filter: { category }, pageSize: 5 });
    const named = { filter: { category }, order: Order.PRODUCT_ORDER_NEWEST, pageSize: 5 };
    expect((await call('listProducts', named)).nextPageToken).toBe(nextPageToken);
    expect(await call('listProducts', { ...named, pageSize: 9, pageToken: nextPageToken })).toMatchObject({
      products: { length: 9 },
    });
  });

  test('goes on behind the longest names there can be', async () => {
    const here = await newCategory();
    const longest = ['\u0001', '😀', '😀'].map((character) => character.repeat(200));
    const products = await createAll(longest.map((name) => ({ category: here, name })));
    const pages = await list({ filter: { category: here }, order: Order.PRODUCT_ORDER_NAME, pageSize: 1 });
    expect(pages).toEqual(products.map((product) => [product]));
  });
});

describe('SearchProducts', () => {
  let category: string;
  let named: readonly Product[];
  let described: readonly Product[];
  beforeAll(async () => {
    category = await newCategory();
    const texts = [
      ['Boiling kettle', 'Red.'],
      ['Kettle', 'It boils.'],
      ['The kettles: boiled', 'Blue.'],
      ['Pot', 'Boils like a kettle.'],
    ];
    const made = await createAll(
      texts.map(([name = '', description], n) => ({ category, name, description, price: euros(10 - n) })),
    );
    named = made.filter((_, n) => n % 2 === 0);
    described = made.filter((_, n) => n % 2 === 1);
    await createAll([{ category, name: 'Kettle', description: 'Cold.' }]);
  });

  test('finds all the words in whatever form, those in the name first and the newest first in each', async () => {
    const expected = idsOf([...named].reverse().concat([...described].reverse()));
    for (const words of ['kettles boil', 'Boiled KETTLE', 'the boiling of the kettle']) {
      for (const pageSize of [0, 1, 2, 3]) {
        const found = (await search({ words, filter: { category }, pageSize })).flat();
        expect(idsOf(found)).toEqual(expected);
      }
    }
  });

  test('by another order names count no more than descriptions', async () => {
    const all = [...named, ...described];
    for (const [order, compare] of [
      [Order.PRODUCT_ORDER_NEWEST, (a: Product, b: Product) => byId(b, a)],
      [Order.PRODUCT_ORDER_PRICE, (a: Product, b: Product) => amount(a) - amount(b)],
    ] as const) {
      const found = (await search({ words: 'boil kettle', filter: { category }, order, pageSize: 3 })).flat();
      expect(found).toEqual(all.toSorted(compare));
    }
  });

  test('a filter narrows it, a word that nobody has finds nothing, and so does no word that counts', async () => {
    const cheap = (await search({ words: 'kettle boil', filter: { category, maxPrice: 8n } })).flat();
    expect(cheap.map(amount)).toEqual([8, 7]);
    for (const words of ['kettle zyzzyva', 'the', '& | !']) expect(await search({ words })).toEqual([[]]);
  });

  test('a page has 24 products by default, and its token is for the same words alone', async () => {
    const here = await newCategory();
    await createAll(Array.from({ length: 25 }, () => ({ category: here, name: 'Spoon' })));
    const pages = await search({ words: 'spoon', filter: { category: here } });
    expect(pages.map(({ length }) => length)).toEqual([24, 1]);
    const question = { filter: { category: here }, pageSize: 1 };
    const { nextPageToken: pageToken } = await call('searchProducts', { words: 'spoon', ...question });
    for (const words of ['spoons', 'Spoon'])
      expect(await refusal('searchProducts', { words, ...question, pageToken })).toMatchObject({
        code: 'INVALID_ARGUMENT',
        problem: { code: 'invalid_page_token' },
      });
    expect(await refusal('listProducts', { ...question, pageToken })).toMatchObject({
      problem: { code: 'invalid_page_token' },
    });
  });
});

describe('ListCategories', () => {
  test('tells all of them on one page, by name', async () => {
    await contract.database.sql(
      `INSERT INTO categories SELECT 'many-' || n, chr(64 + n) || 'x' FROM generate_series(1, 58) AS n`,
    );
    const { categories } = await call('listCategories', {});
    const rows = await contract.database.sql(
      'SELECT slug, name FROM categories ORDER BY convert_to(name, $1)',
      ['UTF8'],
    );
    expect(categories.length).toBeGreaterThan(60);
    expect(categories).toEqual(rows);
  });
});
