import { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { finished } from 'node:stream/promises';
import { replicate } from './replicate.ts';
import { createPair, fill, rowsOf, type Pair } from './testing.ts';

let pair: Pair;
let client: Client;

beforeAll(async () => {
  pair = await createPair();
  await fill(pair, 20);
  await replicate(pair);
  client = new Client({ connectionString: pair.urls.service });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await pair.drop();
});

/** What the service's callers will take apart. */
const refused = {
  code: 'SH001',
  detail: '{"owner" : "monolith", "epoch" : 1, "state" : "ACTIVE"}',
};

test.each([
  `INSERT INTO catalog.categories VALUES ('x', 'X')`,
  `INSERT INTO catalog.categories VALUES ('c1', 'X') ON CONFLICT (slug) DO UPDATE SET name = 'X'`,
  `INSERT INTO catalog.categories VALUES ('c1', 'X') ON CONFLICT DO NOTHING`,
  `UPDATE catalog.products SET price = 0`,
  `UPDATE catalog.products SET price = 0 WHERE false`,
  `DELETE FROM catalog.prices`,
  `TRUNCATE catalog.never_filled`,
  `TRUNCATE catalog.categories CASCADE`,
  `MERGE INTO catalog.categories AS c USING (VALUES ('c1')) AS v (slug) ON c.slug = v.slug WHEN MATCHED THEN DELETE`,
  `WITH gone AS (DELETE FROM catalog.notes RETURNING number) SELECT count(*) FROM gone`,
  `INSERT INTO catalog.stock_by_region VALUES ('eu', 1000, 1)`,
  `INSERT INTO catalog.stock_eu VALUES ('eu', 1000, 1)`,
  `UPDATE catalog.ownership SET owner = 'service'`,
  `DELETE FROM catalog.ownership`,
])('the service refuses: %s', async (statement) => {
  const before = await rowsOf(pair, 'service');
  await expect(client.query(statement)).rejects.toMatchObject(refused);
  expect(await rowsOf(pair, 'service')).toEqual(before);
});

test('the service refuses a COPY', async () => {
  const copy = client.query(copyFrom('COPY catalog.categories FROM STDIN'));
  copy.end('x\tX\n');
  await expect(finished(copy)).rejects.toMatchObject(refused);
});

test('the service refuses whoever owns the tables, and whoever may only write rows', async () => {
  const role = `${new URL(pair.urls.service).pathname.slice(1)}_role`;
  await client.query(`CREATE ROLE ${role}; GRANT USAGE ON SCHEMA catalog TO ${role}`);
  try {
    await client.query(`GRANT INSERT ON catalog.never_filled TO ${role}`);
    await client.query(`SET ROLE ${role}`);
    await expect(
      client.query('INSERT INTO catalog.never_filled VALUES (gen_random_uuid())'),
    ).rejects.toMatchObject(refused);
    await client.query('RESET ROLE');
    await client.query(`ALTER TABLE catalog.never_filled OWNER TO ${role}`);
    await client.query(`SET ROLE ${role}`);
    await expect(client.query('DELETE FROM catalog.never_filled')).rejects.toMatchObject(refused);
  } finally {
    await client.query('RESET ROLE');
    await client.query(
      `ALTER TABLE catalog.never_filled OWNER TO CURRENT_USER; DROP OWNED BY ${role}; DROP ROLE ${role}`,
    );
  }
});

test('reading is not refused, and the monolith goes on to write', async () => {
  await expect(client.query('SELECT FROM catalog.products FOR UPDATE')).resolves.toMatchObject({
    rowCount: 20,
  });
  await pair.sql('monolith', `UPDATE catalog.products SET price = 5`);
});
