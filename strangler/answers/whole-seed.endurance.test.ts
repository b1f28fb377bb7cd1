// The catalog service answers as the monolith does, for every product, list and search of the whole seed that npm start
// makes; of a smaller one with SHOP_COMPARED_PRODUCTS=1500.
import { randomUUID } from 'node:crypto';
import { number, readConfig, setting } from '#platform/config.ts';
import { newId } from '#platform/ids.ts';
import { asReplication } from '../ownership/testing.ts';
import { ORDERS, type Answer, type ProductList, type Question } from './catalog.ts';
import { compareAnswers, formatDifference } from './compare.ts';
import { openSides, type Sides } from './testing-sides.ts';

const { products } = readConfig({ products: setting('SHOP_COMPARED_PRODUCTS', number(10_000)) });
const AT_ONCE = 20;

let sides: Sides;
let ids: readonly string[];
let names: readonly string[];
let categories: readonly string[];
let asked = 0;

beforeAll(async () => {
  sides = await openSides(products);
  const rows = await sides.sql<{ id: string; name: string; slug: string }>(
    'monolith',
    'SELECT id, name, category_slug AS slug FROM catalog.products ORDER BY id',
  );
  ids = rows.map(({ id }) => id);
  names = rows.map(({ name }) => name);
  categories = [...new Set(rows.map(({ slug }) => slug))];
}, 600_000);
afterAll(() => sides.close(), 60_000);

/** @returns a line for each difference. */
async function compare(
  question: Question,
): Promise<{ readonly lines: readonly string[]; readonly answer: Answer }> {
  const [answer, other] = await Promise.all([sides.ask.monolith(question), sides.ask.service(question)]);
  asked += 1;
  const found = compareAnswers(answer, other).map(formatDifference);
  return { answer, lines: found.map((line) => `${JSON.stringify(question)}: ${line}`) };
}

async function compareAll(questions: readonly Question[]): Promise<readonly string[]> {
  const lines: string[] = [];
  for (let from = 0; from < questions.length; from += AT_ONCE) {
    const found = await Promise.all(questions.slice(from, from + AT_ONCE).map(compare));
    lines.push(...found.flatMap((each) => each.lines));
  }
  return lines;
}

/** Every page. Each side goes on with the token that the other one made. */
async function comparePages(list: ProductList): Promise<{ lines: string[]; seen: number }> {
  const lines: string[] = [];
  let seen = 0;
  const tokens: { monolith?: string; service?: string } = {};
  // A list whose pages repeat themselves would have no end.
  while (seen <= products) {
    const question = (pageToken?: string): Question => ({
      about: 'products',
      list: { ...list, ...(pageToken !== undefined && { pageToken }) },
    });
    const [left, right] = await Promise.all([
      sides.ask.monolith(question(tokens.service)),
      sides.ask.service(question(tokens.monolith)),
    ]);
    asked += 1;
    const found = compareAnswers(left, right).map(formatDifference);
    lines.push(...found.map((line) => `${JSON.stringify(question(tokens.monolith))}: ${line}`));
    seen += (left.body?.['products'] as unknown[] | undefined)?.length ?? 0;
    const [mine, theirs] = [left, right].map(({ body }) => body?.['nextPageToken'] as string | undefined);
    if (mine === undefined || theirs === undefined || found.length > 0) return { lines, seen };
    Object.assign(tokens, { monolith: mine, service: theirs });
  }
  return { lines: [`${JSON.stringify(list)} has no end`], seen };
}

async function compareLists(lists: readonly ProductList[]) {
  const results = [];
  for (const list of lists) results.push(await comparePages(list));
  return { lines: results.flatMap(({ lines }) => lines), seen: results.map(({ seen }) => seen) };
}

const sorts = [undefined, ...Object.keys(ORDERS)] as (keyof typeof ORDERS | undefined)[];
const inEverySort = (list: ProductList): readonly ProductList[] =>
  sorts.map((sort) => ({ ...list, ...(sort !== undefined && { sort }) }));

const LONG = 600_000;

test(
  'every product is answered alike by its id, with the same ETag',
  async () => {
    expect(ids).toHaveLength(products);
    expect(await compareAll(ids.map((id) => ({ about: 'product', id })))).toEqual([]);
  },
  LONG,
);

test('the categories are answered alike', async () => {
  expect(await compareAll([{ about: 'categories' }])).toEqual([]);
});

test(
  'every page of the whole list is the same in every order, to the byte of its token',
  async () => {
    const { lines, seen } = await compareLists(inEverySort({ pageSize: 100 }));
    expect(lines).toEqual([]);
    expect(new Set(seen)).toEqual(new Set([products]));
  },
  LONG,
);

test(
  'so is every page of every category',
  async () => {
    const lists = categories.flatMap((category) => inEverySort({ category, pageSize: 100 }));
    const { lines, seen } = await compareLists(lists);
    expect(lines).toEqual([]);
    expect(seen.reduce((sum, each) => sum + each, 0)).toBe(products * sorts.length);
  },
  LONG,
);

test(
  'so is every page between prices, of a size of its own, and of none',
  async () => {
    const [category = ''] = categories;
    const bounds = [
      { maxPrice: 1_500 },
      { minPrice: 20_000 },
      { minPrice: 1_000, maxPrice: 1_999 },
      { minPrice: 9, maxPrice: 1 },
    ];
    const lists = [
      ...bounds.flatMap((bound) => inEverySort({ ...bound, pageSize: 100 })),
      ...inEverySort({ category, minPrice: 1_000, maxPrice: 9_000 }),
      ...inEverySort({ category, pageSize: 7 }),
      ...inEverySort({ category: 'no-such-category' }),
    ];
    const { lines, seen } = await compareLists(lists);
    expect(lines).toEqual([]);
    expect(Math.max(...seen)).toBeGreaterThan(0);
  },
  LONG,
);

test(
  'so is every page of a search for words of the seed',
  async () => {
    const step = Math.max(1, Math.floor(names.length / 12));
    const some = names.filter((_, index) => index % step === 0);
    const words = new Set(
      some.flatMap((name) => [name, name.split(' ')[0] ?? '', name.split(' ').at(-1) ?? '']),
    );
    const [category = ''] = categories;
    const lists = [...words, 'the', 'zyzzyva', "' & | !"].flatMap((each) =>
      inEverySort({ words: each, pageSize: 100 }),
    );
    const { lines, seen } = await compareLists([
      ...lists,
      ...inEverySort({ words: some[0] ?? '', category, maxPrice: 5_000 }),
    ]);
    expect(lines).toEqual([]);
    expect(Math.max(...seen)).toBeGreaterThan(1);
  },
  LONG,
);

test('what there is not, and what is no token, is refused with the same code', async () => {
  const first = await sides.ask.monolith({ about: 'products', list: { pageSize: 1, sort: 'price' } });
  const pageToken = String(first.body?.['nextPageToken']);
  const bad: readonly ProductList[] = [
    { pageToken },
    { pageToken, sort: 'name' },
    { pageToken, sort: 'price', maxPrice: 5 },
    { pageToken, sort: 'price', words: 'kettle' },
    { pageToken: `${pageToken.slice(0, -1)}_`, sort: 'price' },
    { pageToken: 'x' },
    { pageSize: 101 },
    { pageSize: -1 },
    { minPrice: -1 },
    { maxPrice: 100_000_001 },
    { category: 'No Slug' },
    { pageToken: 'x'.repeat(4_001) },
  ];
  const questions: readonly Question[] = [
    ...[newId(), randomUUID(), 'x'].map((id) => ({ about: 'product', id }) as const),
    ...bad.map((list) => ({ about: 'products', list }) as const),
  ];
  const found = await Promise.all(questions.map(compare));
  expect(found.flatMap(({ lines }) => lines)).toEqual([]);
  const codes = found.map(({ answer }) => answer.error);
  expect(new Set(codes)).toEqual(new Set(['not_found', 'invalid_request', 'invalid_page_token']));
});

test(
  'a price that is another one at the service is found, by its product and its field',
  async () => {
    const id = ids[Math.floor(ids.length / 2)] ?? '';
    const { answer } = await compare({ about: 'product', id });
    const { amount } = answer.body?.['price'] as { amount: number };
    const change = (by: number) =>
      asReplication(
        sides,
        'service',
        `UPDATE catalog.products SET price_amount = price_amount + ${by} WHERE id = '${id}'`,
      );
    await change(1);
    try {
      const differs = `is ${amount} at the monolith, ${amount + 1} at the service`;
      expect(await compareAll(ids.map((each) => ({ about: 'product', id: each })))).toEqual([
        `{"about":"product","id":"${id}"}: body.price.amount ${differs}`,
      ]);
      const { lines } = await comparePages({ pageSize: 100 });
      expect(lines).toEqual([expect.stringContaining(`body.products[${id}].price.amount ${differs}`)]);
    } finally {
      await change(-1);
    }
  },
  LONG,
);

afterAll(() => expect(asked).toBeGreaterThan(products));
