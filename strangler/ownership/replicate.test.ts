import { replicate } from './replicate.ts';
import { stop } from './stop.ts';
import {
  asReplication,
  caughtUp,
  createPair,
  fill,
  holdCopies,
  rowsOf,
  TABLES,
  until,
  type Pair,
} from './testing.ts';
import type { CopyProgress } from './copy-progress.ts';

let pair: Pair;

beforeAll(async () => {
  pair = await createPair();
});
afterEach(() => pair.renew());
afterAll(() => pair.drop());

test('every row is copied, and what is made for it carries the names of the databases', async () => {
  await fill(pair, 500);
  const seen: CopyProgress[] = [];
  const { tables } = await replicate(pair, { onProgress: (progress) => seen.push(progress) });
  expect(tables).toEqual([
    'categories',
    'never_filled',
    'notes',
    'prices',
    'products',
    'stock_eu',
    'stock_us',
  ]);
  const rows = await rowsOf(pair, 'service');
  expect(rows).toEqual(await rowsOf(pair, 'monolith'));
  expect(rows['products']).toHaveLength(500);
  expect(seen.at(-1)).toMatchObject({ done: true, etaSeconds: 0, errors: 0 });
  const slots = (await pair.traces()).filter((trace) => trace.startsWith('slot '));
  expect(slots.toSorted()).toEqual([
    expect.stringMatching(/^slot pair_\w+_monolith_catalog_to_service$/),
    expect.stringMatching(/^slot pair_\w+_service_catalog_to_monolith$/),
  ]);
});

test('the monolith owns under epoch 1, and both sides say so', async () => {
  await replicate(pair);
  for (const side of ['monolith', 'service'] as const) {
    expect(
      await pair.sql(side, 'SELECT epoch, attempt, owner, state, target FROM catalog.ownership'),
    ).toEqual([{ epoch: '1', attempt: '0', owner: 'monolith', state: 'ACTIVE', target: null }]);
    expect(await pair.sql(side, 'SELECT side FROM strangler.identity')).toEqual([{ side }]);
  }
});

test('every kind of change at the monolith arrives at the service, row by row', async () => {
  await fill(pair, 200);
  await pair.sql('monolith', PICTURES);
  await replicate(pair);
  for (const change of CHANGES) await pair.sql('monolith', change);
  await caughtUp(pair);
  const rows = await rowsOf(pair, 'service');
  expect(rows).toEqual(await rowsOf(pair, 'monolith'));
  expect(rows['never_filled']).toEqual([]);
  const [kept] = await pair.sql(
    'service',
    `SELECT count(*)::int AS pictures FROM catalog.products WHERE length(picture) > 8000 AND name = 'Renamed'`,
  );
  expect(kept?.['pictures']).toBeGreaterThan(0);
});

const PICTURES = `
  UPDATE catalog.products SET picture = (
    SELECT string_agg(sha256((id::text || i)::bytea), '') FROM generate_series(1, 400) AS i
  ) WHERE name LIKE 'Kettle 1%'`;
const CHANGES = [
  // Leaves a picture that lies out of line alone.
  `UPDATE catalog.products SET name = 'Renamed' WHERE name LIKE 'Kettle 1%'`,
  `UPDATE catalog.products SET id = gen_random_uuid() WHERE id IN (
     SELECT id FROM catalog.products WHERE NOT EXISTS (SELECT FROM catalog.prices WHERE product_id = id) LIMIT 5)`,
  `UPDATE catalog.products SET attributes = NULL, archived_at = '2026-02-03 04:05:06.000007+00', mood = 'fancy',
     price = 12345678901234567890.123456789 WHERE name LIKE 'Kettle 2%'`,
  `DELETE FROM catalog.products WHERE name LIKE 'Kettle 3%'`,
  `UPDATE catalog.prices SET valid_from = valid_from + interval '1 microsecond', amount = NULL WHERE amount > 50`,
  `INSERT INTO catalog.categories VALUES ('new', 'New') ON CONFLICT (slug) DO UPDATE SET name = 'Other'`,
  `MERGE INTO catalog.categories AS c USING (VALUES ('c1', 'Merged'), ('m', 'M')) AS v (slug, name) ON c.slug = v.slug
     WHEN MATCHED THEN UPDATE SET name = v.name WHEN NOT MATCHED THEN INSERT VALUES (v.slug, v.name)`,
  `UPDATE catalog.stock_by_region SET region = 'us', sku = sku + 1000 WHERE region = 'eu' AND sku < 20`,
  `DELETE FROM catalog.notes WHERE number % 2 = 0`,
  `UPDATE catalog.notes SET note = NULL WHERE number = 3`,
  `INSERT INTO catalog.never_filled SELECT gen_random_uuid() FROM generate_series(1, 10)`,
  `TRUNCATE catalog.never_filled`,
  // One large transaction, streamed before it commits.
  `INSERT INTO catalog.notes SELECT i, repeat('x', 500) FROM generate_series(1000, 5000) AS i`,
];

test('rows written during the copy are there exactly once', async () => {
  await fill(pair, 20_000);
  let [writing, written] = [true, 0];
  const writer = (async () => {
    while (writing) {
      const n = (written += 1);
      await pair.sql(
        'monolith',
        `WITH added AS (INSERT INTO catalog.products (id, name, description, category_slug, price)
           VALUES (gen_random_uuid(), 'Written ' || $1, '', 'c1', 1) RETURNING id)
         UPDATE catalog.products SET price = price + 1 WHERE name = 'Kettle ' || $1`,
        [n],
      );
      if (n % 3 === 0)
        await pair.sql('monolith', `DELETE FROM catalog.products WHERE name = 'Written ' || $1`, [n - 1]);
    }
  })();
  await replicate(pair);
  await until(async () => written > 20);
  writing = false;
  await writer;
  await caughtUp(pair);
  expect(await rowsOf(pair, 'service')).toEqual(await rowsOf(pair, 'monolith'));
});

test('to replicate again changes nothing, and two at once do no harm', async () => {
  await fill(pair, 300);
  const [one, other] = await Promise.all([replicate(pair), replicate(pair)]);
  expect(one.tables).toEqual(other.tables);
  const traces = await pair.traces();
  await replicate(pair);
  expect(await pair.traces()).toEqual(traces);
  expect(await rowsOf(pair, 'service')).toEqual(await rowsOf(pair, 'monolith'));
  await pair.sql('monolith', `DELETE FROM catalog.prices`);
  await caughtUp(pair);
  expect(await rowsOf(pair, 'service')).toEqual(await rowsOf(pair, 'monolith'));
});

test('a service whose subscription was dropped by hand is replicated to afresh', async () => {
  await fill(pair, 20);
  await replicate(pair);
  const [{ name } = { name: '' }] = await pair.sql<{ name: string }>(
    'service',
    `SELECT subname AS name FROM pg_subscription WHERE subname LIKE '%_to_service' AND subdbid =
       (SELECT oid FROM pg_database WHERE datname = current_database())`,
  );
  for (const step of [
    'ALTER SUBSCRIPTION % DISABLE',
    'ALTER SUBSCRIPTION % SET (slot_name = NONE)',
    'DROP SUBSCRIPTION %',
  ])
    await pair.sql('service', step.replace('%', name));
  await expect(replicate(pair)).rejects.toThrow(
    /^the service has rows already in catalog\.categories, .*--empty-service$/,
  );
  await asReplication(pair, 'service', `TRUNCATE ${TABLES.map((table) => `catalog.${table}`).join(', ')}`);
  await replicate(pair);
  expect(await rowsOf(pair, 'service')).toEqual(await rowsOf(pair, 'monolith'));
});

test('a copy that a crash has cut off from its slot is made again, and nothing of it comes back to the monolith', async () => {
  await fill(pair, 20);
  await replicate(pair);
  // What is left when the service has forgotten that these copies were complete.
  await pair.sql(
    'service',
    `UPDATE pg_subscription_rel SET srsubstate = 'f', srsublsn = NULL
     WHERE srrelid IN ('catalog.categories'::regclass, 'catalog.notes'::regclass, 'catalog.ownership'::regclass)`,
  );
  await pair.sql('monolith', 'DELETE FROM catalog.notes WHERE number < 5');
  const before = await rowsOf(pair, 'monolith');
  await replicate(pair);
  await caughtUp(pair);
  expect(await rowsOf(pair, 'monolith')).toEqual(before);
  expect(await rowsOf(pair, 'service')).toEqual(before);
  await stop(pair);
  expect(await pair.traces()).toEqual([]);
});

test('a copy that stands still is not waited for without end', async () => {
  await fill(pair, 20);
  const hold = await holdCopies(pair);
  await expect(replicate(pair, { patienceMs: 2_000 })).rejects.toThrow(
    /^nothing has moved for 2 s: .*\bnotes is copying.* replicate shows it again$/,
  );
  await hold.release();
  await replicate(pair);
});
