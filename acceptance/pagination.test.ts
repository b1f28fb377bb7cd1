// Page by page through a list that changes meanwhile: what stands the whole time is seen once, in every order.
import { granted, signInAdmin } from './actors.ts';
import { atOnce } from './eventually.ts';
import { categories, createProduct, euros } from './goods.ts';
import type { Product, ProductPage } from './shapes.ts';
import { uniquePrice, uniqueWord } from './unique.ts';

const admin = await signInAdmin();
const ROWS = 60;
const PAGE = 7;
const MAX_PAGES = 100;

/** Many rows with equal names and equal prices: an order that only they make would lose some between pages. */
async function stage(question: { readonly word: string; readonly base: number }) {
  const row = async (index: number) =>
    createProduct(admin, {
      name: index % 2 === 0 ? `Kettle ${index % 5} ${question.word}` : `Kettle ${index % 5}`,
      description: question.word,
      price: euros(question.base + (index % 4)),
    });
  return { row, rows: await atOnce(ROWS, row) };
}

/** A shop assistant who never stops: a new product before, between and behind the others, and one taken off sale. */
function keepChanging(row: (index: number) => Promise<Product>, victims: readonly Product[]) {
  let changes = 0;
  let stopped = false;
  const leaving = [...victims];
  const work = (async () => {
    while (!stopped) {
      await row(changes);
      const leaver = leaving.pop();
      if (leaver) await admin.delete(`/products/${leaver.id}`);
      changes += 1;
    }
  })();
  return {
    nextChange: async () => {
      const before = changes;
      // Two: one may have begun before the page was read.
      while (changes < before + 2) await new Promise((resolve) => setTimeout(resolve, 1));
    },
    stop: async () => {
      stopped = true;
      await work;
    },
  };
}

async function walk(
  question: string,
  betweenPages: () => Promise<void> = () => Promise.resolve(),
): Promise<readonly Product[]> {
  const seen: Product[] = [];
  let next = '';
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const { products, nextPageToken } = granted(await admin.get<ProductPage>(`/products?${question}${next}`));
    seen.push(...products);
    if (nextPageToken === undefined) return seen;
    next = `&pageToken=${nextPageToken}`;
    await betweenPages();
  }
  throw new Error(`the list has no end: ${MAX_PAGES} pages, ${seen.length} rows`);
}

/** Whether b may follow a. */
const ORDERS: Readonly<Record<string, (a: Product, b: Product, word: string) => boolean>> = {
  newest: (a, b) => a.id > b.id,
  name: (a, b) => a.name <= b.name,
  price: (a, b) => a.price.amount <= b.price.amount,
  '-price': (a, b) => a.price.amount >= b.price.amount,
  relevance: (a, b, word) => a.name.includes(word) || !b.name.includes(word),
};

test.each(Object.keys(ORDERS))(
  'ordered by %s, no row is skipped or repeated while others come and go',
  async (sort) => {
    const question = { word: uniqueWord(), base: uniquePrice() - 10 };
    const { row, rows } = await stage(question);
    const victims = rows.filter((_row, index) => index % 6 === 5);
    const standing = rows.filter((each) => !victims.includes(each));

    const [category] = await categories();
    const range = `category=${category}&minPrice=${question.base}&maxPrice=${question.base + 3}`;
    const words = sort === 'relevance' ? `&q=${question.word}` : '';
    const changing = keepChanging(row, victims);
    const seen = await walk(`${range}${words}&sort=${sort}&pageSize=${PAGE}`, changing.nextChange);
    await changing.stop();

    const ids = seen.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(standing.filter(({ id }) => !ids.includes(id))).toEqual([]);
    const outOfOrder = seen.filter((each, index) => {
      const before = seen[index - 1];
      return before !== undefined && !ORDERS[sort]?.(before, each, question.word);
    });
    expect(outOfOrder).toEqual([]);
  },
);

test('the last page has no token, be it full or not', async () => {
  const word = uniqueWord();
  await atOnce(4, () => createProduct(admin, { name: word }));
  const page = async (pageSize: number) =>
    granted(await admin.get<ProductPage>(`/products?q=${word}&pageSize=${pageSize}`));
  expect(await page(4)).not.toHaveProperty('nextPageToken');
  expect(await page(5)).not.toHaveProperty('nextPageToken');
  expect((await page(3)).nextPageToken).toEqual(expect.any(String));
});

test('a list can be walked to its end however long its words and names are', async () => {
  const word = uniqueWord();
  const filler = Array.from({ length: 12 }, uniqueWord).join(' ');
  for (const sign of ['茶', '壺', '鍋']) {
    await createProduct(admin, { name: sign.repeat(200), description: `${word} ${filler}` });
  }
  const question = new URLSearchParams({ q: `${word} ${filler}`, sort: 'name', pageSize: '1' });
  expect(await walk(question.toString())).toHaveLength(3);
});
