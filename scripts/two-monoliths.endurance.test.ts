import { chmodSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { auditOrders } from '../monolith/testing/audit.ts';
import { databaseUrl, withClient } from '#platform/postgres/owners.ts';
import { openSecrets } from '#platform/secrets.ts';
import { startKiller } from './killer.ts';
import { acceptanceSuite } from './testing-acceptance.ts';
import { newPlace, startShop, type Place, type RunningShop } from './testing.ts';

const MIN_KILLS_OF_EACH = 5;

let here: Place;
let shop: RunningShop;

beforeAll(async () => {
  here = await newPlace();
  // A temporary shop makes its folder in here, where its database can be found; PostgreSQL may run as another user.
  chmodSync(here.folder, 0o711);
  shop = await startShop(
    { ...here.environment, TMPDIR: here.folder },
    '--temporary',
    '--monoliths',
    '2',
    '--products',
    '500',
  );
});
afterAll(async () => {
  await shop.stop();
  here.remove();
});

/** Of the shop's database, as an administrator. */
async function adminUrl(): Promise<string> {
  const [data = ''] = globSync(join(here.folder, 'shop-*'));
  const [, , , port = ''] = readFileSync(join(data, 'postgres/postmaster.pid'), 'utf8').split('\n');
  const server = `postgresql://postgres:${openSecrets(data).postgresPassword}@127.0.0.1:${port}/postgres`;
  const { rows } = await withClient(server, (admin) =>
    admin.query<{ datname: string }>("SELECT datname FROM pg_database WHERE datname LIKE 'shop%'"),
  );
  return databaseUrl(server, rows[0]?.datname ?? '');
}

test('one of two monoliths is killed every second, and the acceptance suite notices nothing', async () => {
  const url = await adminUrl();
  const database = new Client({ connectionString: url });
  await database.connect();
  const killer = startKiller(shop, database);
  const { code, output } = await acceptanceSuite(shop).finally(() => killer.stop());
  await database.end();

  expect(code === 0 ? '' : output).toBe('');
  for (const kills of killer.kills) expect(kills).toBeGreaterThanOrEqual(MIN_KILLS_OF_EACH);

  const sql = <Row>(statement: string, values: readonly unknown[] = []) =>
    withClient(url, async (admin) => (await admin.query(statement, [...values])).rows as Row[]);
  while ((await sql<object>(`SELECT FROM orders WHERE step <> 'done' LIMIT 1`)).length > 0)
    await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await auditOrders({ sql, providerUrl: shop.paymentProvider })).toEqual([]);
}, 300_000);
