import { Pool } from 'pg';
import { listProductsQuery } from '../monolith/modules/catalog/list-products.ts';
import { seedShop } from '../monolith/seed/seed.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';

/** Enough that reading all of them is never the cheaper plan. */
const PRODUCTS = 20_000;
/** A page, and the row that tells whether there is another. */
const LIMIT = 25;
/** What a page may look at: its rows, and a few that a filter throws away. */
const MOST_ROWS = 2 * LIMIT;

type Query = Parameters<typeof listProductsQuery>[0];
type Position = NonNullable<Parameters<typeof listProductsQuery>[2]>;

interface Plan {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly Plan[];
}

let database: TestDatabase;
let pool: Pool;
let category: string;
let middle: { id: string; name: string; price: number };

beforeAll(async () => {
  database = await createTestDatabase('monolith');
  const admin = new Pool({ connectionString: database.adminUrl });
  const owner = await admin.query<{ owner: string }>(
    `SELECT tableowner AS owner FROM pg_tables WHERE tablename = 'products'`,
  );
  await seedShop({
    databaseUrl: database.adminUrl,
    ownerRole: owner.rows[0]?.owner ?? '',
    products: PRODUCTS,
    customers: 1,
    passwordCost: 4,
  });
  await admin.end();
  // As the monolith: a role may have settings of its own for the planner.
  pool = new Pool({ connectionString: database.url });
  const found = await pool.query<typeof middle & { category: string }>(
    `SELECT id, name, price_amount AS price, category_slug AS category FROM products ORDER BY id OFFSET $1 LIMIT 1`,
    [PRODUCTS / 2],
  );
  [{ category, ...middle }] = found.rows as [typeof middle & { category: string }];
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

async function planOf(query: Query, after?: Position): Promise<readonly Plan[]> {
  const { text, values } = listProductsQuery(query, LIMIT, after);
  const { rows } = await pool.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
    `EXPLAIN (ANALYZE, FORMAT JSON) ${text}`,
    values,
  );
  const nodes: Plan[] = [];
  const visit = (plan: Plan) => {
    nodes.push(plan);
    plan.Plans?.forEach(visit);
  };
  visit((rows[0] as (typeof rows)[0])['QUERY PLAN'][0].Plan);
  return nodes;
}

const indexesOf = (nodes: readonly Plan[]) => nodes.map((node) => node['Index Name']).filter(Boolean);
const mostRows = (nodes: readonly Plan[]) =>
  Math.max(...nodes.map((node) => node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)));

const orders = [
  ['newest', 'products_pkey', 'products_category_slug_id_idx', 0],
  ['name', 'products_name_id_idx', 'products_category_slug_name_id_idx', 'name'],
  ['price', 'products_price_amount_id_idx', 'products_category_slug_price_amount_id_idx', 'price'],
  ['-price', 'products_price_amount_id_idx', 'products_category_slug_price_amount_id_idx', 'price'],
] as const;

const cases = orders.flatMap(([order, index, categoryIndex, key]) =>
  [false, true].flatMap((deep) => [
    { order, key, deep, index, filter: false },
    { order, key, deep, index: categoryIndex, filter: true },
  ]),
);

test.each(cases)(
  'by $order, category filter $filter, deep page $deep: in the order of $index, and no further than the page',
  async ({ order, key, deep, filter, index }) => {
    const after = { key: key === 0 ? 0 : middle[key], id: middle.id };
    const nodes = await planOf({ order, ...(filter && { category }) }, deep ? after : undefined);
    const types = nodes.map((node) => node['Node Type']);
    expect(types).not.toContain('Seq Scan');
    expect(types).not.toContain('Sort');
    expect(indexesOf(nodes)).toEqual([index]);
    expect(mostRows(nodes)).toBeLessThanOrEqual(MOST_ROWS);
  },
);

test('a price filter is a range of the price index, in the order of the price', async () => {
  const nodes = await planOf({ order: 'price', minPrice: 1_000, maxPrice: 2_000 });
  expect(indexesOf(nodes)).toEqual(['products_price_amount_id_idx']);
  expect(mostRows(nodes)).toBeLessThanOrEqual(MOST_ROWS);
});

test('a word in many names is read in the order of the primary key, until the page is full', async () => {
  const nodes = await planOf({ order: 'relevance', words: await word('DESC') });
  expect(nodes.map((node) => node['Node Type'])).not.toContain('Seq Scan');
  expect(indexesOf(nodes)).toContain('products_pkey');
  // What is found by one name in so many; far from the whole table.
  expect(mostRows(nodes)).toBeLessThan(PRODUCTS / 20);
});

test('a word in few names comes from the word index', async () => {
  const nodes = await planOf({ order: 'relevance', words: await word('ASC') });
  expect(nodes.map((node) => node['Node Type'])).not.toContain('Seq Scan');
  expect(indexesOf(nodes)).toContain('products_name_words_idx');
  expect(mostRows(nodes)).toBeLessThan(PRODUCTS / 20);
});

test('the planner is told that a page out of order costs hardly more than the next one', async () => {
  // Among a million products PostgreSQL's own 4 turns the plan above into a walk along the primary key.
  const { rows } = await pool.query('SHOW random_page_cost');
  expect(rows).toEqual([{ random_page_cost: '1.1' }]);
});

/** The word in most names, or in fewest. */
async function word(direction: 'ASC' | 'DESC'): Promise<string> {
  const { rows } = await pool.query<{ word: string }>(
    `SELECT word FROM ts_stat('SELECT name_words FROM products') WHERE word ~ '^[a-z]+$' ORDER BY ndoc ${direction} LIMIT 1`,
  );
  return rows[0]?.word ?? '';
}
