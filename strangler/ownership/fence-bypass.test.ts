import type { Client } from 'pg';
import { replicate } from './replicate.ts';
import { stop } from './stop.ts';
import { createWriters, type Writers } from './testing-writers.ts';
import { createPair, fill, type Pair } from './testing.ts';

let pair: Pair;
let writers: Writers;
let atService: Client;
let atMonolith: Client;

beforeAll(async () => {
  pair = await createPair();
  await fill(pair, 20);
  writers = await createWriters(pair);
  await replicate(pair);
  [atService, atMonolith] = [await writers.connect('service'), await writers.connect('monolith')];
});
afterAll(async () => {
  await writers.drop();
  await pair.drop();
});

const refused = { code: 'SH001', detail: '{"owner" : "monolith", "epoch" : 1, "state" : "ACTIVE"}' };

test('who may write rows writes them at the owner, and nowhere else', async () => {
  await atMonolith.query(`INSERT INTO catalog.categories VALUES ('w', 'W')`);
  for (const statement of [
    `INSERT INTO catalog.categories VALUES ('x', 'X')`,
    'DELETE FROM catalog.prices',
    'TRUNCATE catalog.prices',
    `INSERT INTO catalog.stock_eu VALUES ('eu', 1000, 1)`,
  ])
    await expect(atService.query(statement)).rejects.toMatchObject(refused);
});

test.each([
  'ALTER TABLE catalog.categories DISABLE TRIGGER strangler_fence',
  'ALTER TABLE catalog.categories DISABLE TRIGGER ALL',
  'DROP TRIGGER strangler_fence ON catalog.categories',
  `SET session_replication_role = replica`,
  'ALTER FUNCTION strangler.fence_catalog() RESET ALL',
  'DROP FUNCTION strangler.fence_catalog() CASCADE',
  `UPDATE catalog.ownership SET owner = 'service'`,
  'SELECT FROM catalog.ownership FOR SHARE',
  'DO $$ BEGIN LOCK TABLE catalog.ownership IN SHARE MODE; END $$',
  `UPDATE strangler.identity SET side = 'monolith'`,
  `CREATE TRIGGER a BEFORE INSERT ON catalog.categories EXECUTE FUNCTION strangler.fence_catalog()`,
  'CREATE RULE r AS ON INSERT TO catalog.categories DO INSTEAD NOTHING',
  'CREATE TABLE catalog.mine (id int)',
  'SELECT pg_advisory_lock(1)',
  'SELECT pg_advisory_xact_lock_shared(1)',
  'SELECT pg_try_advisory_lock_shared(1, 2)',
  `SELECT pg_advisory_lock(hashtextextended('strangler fence catalog', 0))`,
])('who may write rows may not: %s', async (statement) => {
  await expect(atService.query(statement)).rejects.toMatchObject({ code: '42501' });
});

test('a schema of the same names before the others changes nothing', async () => {
  await atService.query(`
    CREATE TEMP TABLE ownership AS SELECT 9 AS epoch, 'service' AS owner, 'ACTIVE' AS state;
    SET search_path = pg_temp, catalog`);
  await expect(atService.query('DELETE FROM catalog.prices')).rejects.toMatchObject(refused);
  await expect(atService.query('DELETE FROM prices')).rejects.toMatchObject(refused);
  await atService.query('RESET search_path');
});

test('what passed the fence holds its lock until it ends, whatever it unlocks', async () => {
  await atMonolith.query('BEGIN');
  await atMonolith.query(`UPDATE catalog.categories SET name = 'W2' WHERE slug = 'w'`);
  const { rows } = await atMonolith.query(
    `SELECT pg_advisory_unlock_all(), pg_advisory_unlock_shared(hashtextextended('strangler fence catalog', 0)) AS gone`,
  );
  expect(rows).toMatchObject([{ gone: false }]);
  expect(await exclusivelyLocked()).toBe(false);
  await atMonolith.query('COMMIT');
  expect(await exclusivelyLocked()).toBe(true);
});

test('what passed in a part that was rolled back holds nothing, and passes again', async () => {
  await atMonolith.query('BEGIN; SAVEPOINT one');
  await atMonolith.query(`UPDATE catalog.categories SET name = 'W3' WHERE slug = 'w'`);
  await atMonolith.query('ROLLBACK TO one');
  expect(await exclusivelyLocked()).toBe(true);
  await atMonolith.query(`UPDATE catalog.categories SET name = 'W4' WHERE slug = 'w'; RELEASE one`);
  expect(await exclusivelyLocked()).toBe(false);
  await atMonolith.query('COMMIT');
});

async function exclusivelyLocked(): Promise<boolean> {
  const [row] = await pair.sql<{ got: boolean }>(
    'monolith',
    `SELECT pg_try_advisory_xact_lock(hashtextextended('strangler fence catalog', 0)) AS got`,
  );
  return row?.got as boolean;
}

test('a cascade meets the fence of the table that it goes on to', async () => {
  // As if the first table had been forgotten.
  await pair.sql('service', 'ALTER TABLE catalog.products DISABLE TRIGGER strangler_fence');
  const id = `SELECT product_id FROM catalog.prices LIMIT 1`;
  await expect(pair.sql('service', `DELETE FROM catalog.products WHERE id = (${id})`)).rejects.toMatchObject(
    refused,
  );
  await pair.sql('service', 'ALTER TABLE catalog.products ENABLE TRIGGER strangler_fence');
});

test('a superuser and the owner of the tables meet the fence as everybody does', async () => {
  await expect(pair.sql('service', 'DELETE FROM catalog.prices')).rejects.toMatchObject(refused);
  await pair.sql('service', `GRANT CREATE ON SCHEMA catalog TO ${writers.role}`);
  await pair.sql('service', `ALTER TABLE catalog.never_filled OWNER TO ${writers.role}`);
  await expect(atService.query('DELETE FROM catalog.never_filled')).rejects.toMatchObject(refused);
  await pair.sql('service', 'ALTER TABLE catalog.never_filled OWNER TO CURRENT_USER');
});

test.each([
  ['of another cluster', `UPDATE strangler.identity SET system_identifier = '1'`],
  ['of another name', `UPDATE strangler.identity SET database = 'other'`],
  ['restored under its own name', 'UPDATE strangler.identity SET database_oid = 1'],
  ['that does not know itself', 'DELETE FROM strangler.identity'],
])('a copy %s is not written, though its row says that it owns', async (_what, change) => {
  const client = await writers.connect('monolith');
  await expect(
    pair.sql('monolith', `BEGIN; ${change}; DELETE FROM catalog.prices; COMMIT`),
  ).rejects.toMatchObject(refused);
  await client.query('DELETE FROM catalog.never_filled');
});

test('where the row is missing, nobody writes', async () => {
  await expect(
    pair.sql(
      'monolith',
      `BEGIN; ALTER TABLE catalog.ownership DISABLE TRIGGER ALL; DELETE FROM catalog.ownership;
       DELETE FROM catalog.prices; COMMIT`,
    ),
  ).rejects.toMatchObject({ code: 'SH001', detail: '{"owner" : null, "epoch" : null, "state" : null}' });
});

test('after a stop whoever could take advisory locks before can take them again', async () => {
  await stop(pair);
  for (const client of [atService, atMonolith]) await client.query('SELECT pg_advisory_xact_lock(1)');
  await atService.query('DELETE FROM catalog.prices');
});
