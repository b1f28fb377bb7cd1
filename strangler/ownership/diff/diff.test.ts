import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { replicate } from '../replicate.ts';
import {
  asReplication,
  caughtUp,
  createPair,
  fill,
  giveToService,
  rowsOf,
  until,
  type Pair,
} from '../testing.ts';
import { withSides } from '../side-database.ts';
import { diff } from './diff.ts';
import { createPace } from './pace.ts';
import { savedIn } from './saved-diff.ts';

let pair: Pair;
let folder: string;

beforeAll(async () => {
  pair = await createPair();
});
afterAll(() => pair.drop());
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'shop-diff-'));
  await fill(pair, 120);
  await replicate(pair);
});
afterEach(async () => {
  await pair.renew();
  rmSync(folder, { recursive: true });
});

const SMALL = { chunkRows: 50 };
const SUBSCRIPTION = `SELECT quote_ident(subname) AS name FROM pg_subscription
  WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())`;
/** Only replication may write at the service, and what it writes stays there. */
const damage = (change: string) => asReplication(pair, 'service', change);

test('what is the same on both sides has no differences, whatever text their databases give to a time', async () => {
  const [name] = (await pair.sql<{ name: string }>('service', 'SELECT current_database() AS name')).map(
    (row) => row.name,
  );
  await pair.sql('service', `ALTER DATABASE ${name} SET TimeZone = 'Asia/Tokyo'`);
  await pair.sql('service', `ALTER DATABASE ${name} SET DateStyle = 'German'`);
  const { owner, tables, differences, streams } = await diff(pair, SMALL);
  await pair.sql('service', `ALTER DATABASE ${name} RESET ALL`);
  expect({ owner, differences, streams }).toEqual({ owner: 'monolith', differences: [], streams: [] });
  expect(Object.fromEntries(tables.map(({ table, rows }) => [table, rows]))).toEqual({
    categories: 10,
    products: 120,
    prices: 60,
    stock_eu: 25,
    stock_us: 25,
    notes: 20,
    never_filled: 0,
  });
});

test('a missing row, one too many, one changed byte and swapped keys are told by key and column', async () => {
  await damage(`
    DELETE FROM catalog.categories WHERE slug = 'c3';
    INSERT INTO catalog.categories VALUES ('c99', 'Category 99');
    UPDATE catalog.stock_eu SET quantity = quantity + 1 WHERE sku = 2;
    UPDATE catalog.stock_us SET sku = -1 WHERE sku = 1;
    UPDATE catalog.stock_us SET sku = 1 WHERE sku = 3;
    UPDATE catalog.stock_us SET sku = 3 WHERE sku = -1;
    DELETE FROM catalog.notes WHERE number = 7`);
  const { differences, tables } = await diff(pair, SMALL);
  expect(differences).toHaveLength(6);
  expect(differences).toEqual(
    expect.arrayContaining([
      { table: 'categories', kind: 'missing', key: { slug: 'c3' }, columns: [] },
      { table: 'categories', kind: 'extra', key: { slug: 'c99' }, columns: [] },
      {
        table: 'stock_eu',
        kind: 'changed',
        key: { region: 'eu', sku: '2' },
        columns: [{ column: 'quantity', monolith: '2', service: '3' }],
      },
      {
        table: 'stock_us',
        kind: 'changed',
        key: { region: 'us', sku: '1' },
        columns: [{ column: 'quantity', monolith: '1', service: '3' }],
      },
      expect.objectContaining({ table: 'stock_us', kind: 'changed', key: { region: 'us', sku: '3' } }),
      expect.objectContaining({
        table: 'notes',
        kind: 'missing',
        key: expect.objectContaining({ number: '7' }) as unknown,
      }),
    ]),
  );
  expect(tables.find(({ table }) => table === 'categories')).toMatchObject({
    missing: 1,
    extra: 1,
    changed: 0,
  });
});

test('one changed byte of a value out of line, of a json value and of a time is found', async () => {
  const [one, two, three] = (
    await pair.sql<{ id: string }>(
      'monolith',
      'SELECT id FROM catalog.products WHERE attributes IS NOT NULL LIMIT 3',
    )
  ).map(({ id }) => id);
  await pair.sql(
    'monolith',
    `UPDATE catalog.products SET picture = decode(repeat('ab', 5000), 'hex') WHERE id = $1`,
    [one],
  );
  await caughtUp(pair);
  await damage(`
    UPDATE catalog.products SET picture = set_byte(picture, 4000, 0) WHERE id = '${one}';
    UPDATE catalog.products SET attributes = attributes || '{"n": -1}' WHERE id = '${two}';
    UPDATE catalog.prices SET amount = amount + 0.0001 WHERE product_id = '${three}';
    UPDATE catalog.products SET archived_at = timestamptz '2026-01-01 00:00:00.000001+00' WHERE id = '${three}'`);
  const { differences } = await diff(pair, SMALL);
  const columns = differences
    .filter(({ table }) => table === 'products')
    .map((row) => [row.key['id'], ...row.columns.map(({ column }) => column)]);
  expect(columns).toEqual(
    expect.arrayContaining([
      [one, 'picture'],
      [two, 'attributes'],
      [three, 'archived_at'],
    ]),
  );
  expect(columns).toHaveLength(3);
});

test('repaired is what differs, by the owner, and nothing of it is sent back', async () => {
  const before = await rowsOf(pair, 'monolith');
  await damage(`
    DELETE FROM catalog.products WHERE id IN (SELECT id FROM catalog.products ORDER BY id LIMIT 40);
    UPDATE catalog.products SET name = name || '!', attributes = NULL, price = 0 WHERE archived_at IS NOT NULL;
    INSERT INTO catalog.stock_eu SELECT 'eu', 1000 + i, i FROM generate_series(1, 130) AS i;
    UPDATE catalog.categories SET name = 'x' WHERE slug = 'c1';
    UPDATE catalog.categories SET name = 'Category 1' WHERE slug = 'c9';
    UPDATE catalog.categories SET name = 'Category 9' WHERE slug = 'c1'`);
  // Rows that have exchanged a unique value lie in different chunks.
  const { tables, differences } = await diff(pair, { chunkRows: 8, repair: true });
  for (const { missing, extra, changed, repaired } of tables)
    expect(repaired).toBe(missing + extra + changed);
  expect(tables.find(({ table }) => table === 'categories')).toMatchObject({ changed: 2, repaired: 2 });
  expect(differences.length).toBeGreaterThan(170);
  expect(await rowsOf(pair, 'service')).toEqual(before);
  expect(await diff(pair)).toMatchObject({ differences: [], streams: [] });
  expect(await rowsOf(pair, 'monolith')).toEqual(before);
});

test('rows without a key are told, and not repaired', async () => {
  await damage('DELETE FROM catalog.notes WHERE number IN (3, 4)');
  const { tables } = await diff(pair, { repair: true });
  expect(tables.find(({ table }) => table === 'notes')).toMatchObject({ missing: 2, repaired: 0 });
});

test('under writes nothing is told that is only on its way, and what is repaired stays repaired', async () => {
  let [written, stopping] = [0, false];
  const writing = (async () => {
    while (!stopping) {
      await pair.sql(
        'monolith',
        `UPDATE catalog.stock_eu SET quantity = quantity + 1;
         INSERT INTO catalog.categories VALUES ('w${written}', 'W ${written}');
         DELETE FROM catalog.categories WHERE slug = 'w${written - 5}'`,
      );
      written += 1;
    }
  })();
  try {
    await damage(
      `UPDATE catalog.products SET price = price + 1; INSERT INTO catalog.categories VALUES ('w-extra', 'Extra')`,
    );
    const { tables } = await diff(pair, { ...SMALL, repair: true });
    const counts = Object.fromEntries(
      tables.map(({ table, missing, extra, changed, repaired }) => [
        table,
        [missing, extra, changed, repaired],
      ]),
    );
    expect(counts).toMatchObject({
      products: [0, 0, 120, 120],
      categories: [0, 1, 0, 1],
      stock_eu: [0, 0, 0, 0],
    });
  } finally {
    stopping = true;
    await writing;
  }
  expect(written).toBeGreaterThan(5);
  await caughtUp(pair);
  expect(await rowsOf(pair, 'service')).toEqual(await rowsOf(pair, 'monolith'));
});

test('a diff that is cut short goes on behind the last chunk; after a move it begins anew', async () => {
  await damage(`UPDATE catalog.categories SET name = 'Other' WHERE slug = 'c1'`);
  const saved = savedIn(join(folder, 'diff.json'));
  const interruption = new AbortController();
  const seen: string[] = [];
  const stopAt = (table: string) => (progress: { table: string; rows: number }) => {
    seen.push(progress.table);
    if (progress.table === table) interruption.abort();
  };
  await expect(
    diff(pair, { ...SMALL, saved, signal: interruption.signal, onProgress: stopAt('products') }),
  ).rejects.toThrow('interrupted: npm run switch -- diff catalog goes on from here');
  const rows: number[] = [];
  const result = await diff(pair, { ...SMALL, saved, onProgress: (progress) => rows.push(progress.rows) });
  // The first chunk of products was compared before, and all that comes before products.
  expect(rows[0]).toBe(10 + 20 + 60 + 2 * 50);
  expect(result.tables.find(({ table }) => table === 'products')?.rows).toBe(120);
  expect(result.differences).toMatchObject([{ table: 'categories' }]);

  const twice = new AbortController();
  await expect(
    diff(pair, {
      ...SMALL,
      saved,
      signal: twice.signal,
      onProgress: () => twice.abort(),
    }),
  ).rejects.toThrow('interrupted');
  await giveToService(pair);
  await caughtUp(pair);
  const after = await diff(pair, { ...SMALL, saved });
  expect(after.owner).toBe('service');
  expect(after.tables.map(({ table }) => table)).toHaveLength(7);
});

test('what is written past the fence shows as a stopped stream, though the rows may be equal', async () => {
  // Without an origin: it is sent to the owner, who refuses it.
  await pair.sql(
    'service',
    `SET session_replication_role = replica;
     UPDATE catalog.stock_eu SET quantity = quantity + 1 WHERE sku = 2;
     UPDATE catalog.stock_eu SET quantity = quantity - 1 WHERE sku = 2`,
  );
  await until(async () => {
    const [row] = await pair.sql<{ errors: number }>(
      'monolith',
      'SELECT sum(apply_error_count)::int AS errors FROM pg_stat_subscription_stats',
    );
    return (row?.errors ?? 0) > 0;
  });
  const { differences, streams } = await diff(pair, SMALL);
  expect(differences).toEqual([]);
  expect(streams).toEqual([
    expect.stringContaining('what the service writes does not arrive at the monolith'),
  ]);
}, 240_000);

/** Finds the row of ownership where nobody keeps a drain from changing it. */
const DRAIN_NOW = 'SELECT FROM catalog.ownership FOR UPDATE SKIP LOCKED';

/** Between two chunks. */
const meanwhile = (work: () => Promise<unknown>) => {
  let done = false;
  return {
    load: () => Promise.resolve(undefined),
    clear: () => Promise.resolve(),
    async save() {
      if (done) return;
      done = true;
      await work();
    },
  };
};

test('a diff that outlives a move says so', async () => {
  await expect(diff(pair, { ...SMALL, saved: meanwhile(() => giveToService(pair)) })).rejects.toThrow(
    'the right to write catalog has moved meanwhile: run this again',
  );
});

test('nothing is repaired while the right is being handed over', async () => {
  await damage(`UPDATE catalog.stock_us SET quantity = 0 WHERE sku = 1`);
  const begin = () =>
    pair.sql(
      'monolith',
      `UPDATE catalog.ownership SET attempt = attempt + 1, state = 'DRAINING', target = 'service'`,
    );
  await expect(diff(pair, { ...SMALL, repair: true, saved: meanwhile(begin) })).rejects.toThrow(
    'the right to write catalog has moved meanwhile: run this again',
  );
  await expect(diff(pair)).rejects.toThrow(/^catalog is just being handed over/);
  expect(await pair.sql('service', 'SELECT quantity FROM catalog.stock_us WHERE sku = 1')).toEqual([
    { quantity: 0 },
  ]);
});

test('while rows are repaired nobody can drain their owner', async () => {
  await damage(`UPDATE catalog.stock_us SET quantity = 0 WHERE sku = 1`);
  const holder = new Client({ connectionString: pair.urls.service });
  await holder.connect();
  await holder.query('BEGIN; SELECT FROM catalog.stock_us WHERE sku = 1 FOR UPDATE');
  const repairing = diff(pair, { repair: true });
  try {
    await until(async () => (await pair.sql('monolith', DRAIN_NOW)).length === 0);
  } finally {
    await holder.end();
  }
  expect(await repairing).toMatchObject({ streams: [] });
  expect(await pair.sql('monolith', DRAIN_NOW)).toHaveLength(1);
});

test('nothing is compared of what is not replicated', async () => {
  await pair.renew();
  await expect(diff(pair)).rejects.toThrow('catalog is not replicated: npm run switch -- replicate catalog');
});

test('a repair looks at every row itself, and does not go on where somebody only looked', async () => {
  await damage(`UPDATE catalog.categories SET name = 'Other' WHERE slug = 'c1'`);
  const saved = savedIn(join(folder, 'diff.json'));
  const interruption = new AbortController();
  const stopAtProducts = ({ table }: { table: string }) => {
    if (table === 'products') interruption.abort();
  };
  await expect(
    diff(pair, { ...SMALL, saved, signal: interruption.signal, onProgress: stopAtProducts }),
  ).rejects.toThrow('interrupted');
  await diff(pair, { ...SMALL, saved, repair: true });
  expect(await diff(pair, SMALL)).toMatchObject({ differences: [] });
});

test('tables that are not the same on both sides are told in a line each, and not compared', async () => {
  await pair.sql('monolith', 'CREATE TABLE catalog.wishes (id int PRIMARY KEY)');
  await expect(diff(pair)).rejects.toThrow(
    /^catalog.wishes is at the monolith, but not at the service: migrate the service$/,
  );
});

test('while the stream is late, the comparison waits, and says so', async () => {
  const { name } = (await pair.sql<{ name: string }>('service', SUBSCRIPTION))[0] ?? { name: '' };
  const late: number[] = [];
  const compared = { replica: pair, owner: 'monolith' as const };
  await withSides(pair, async (sides) => {
    const pace = await createPace({ ...compared, sides }, [], 0, 1_000, ({ lateMs }) => {
      if (lateMs !== null) late.push(lateMs);
    });
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await pair.sql('service', `ALTER SUBSCRIPTION ${name} DISABLE`);
    const waiting = pace.after('products', []);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await pair.sql('service', `ALTER SUBSCRIPTION ${name} ENABLE`);
    await waiting;
  });
  expect(late[0]).toBeGreaterThan(1_000);
});
