// For the tests beside it: empty shops, payment providers, and what stands in them; all of it released at the end.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildApp } from '../../outside/payment-provider/app.ts';
import { openLedger, type Ledger } from '../../outside/payment-provider/ledger.ts';
import { listen } from '#platform/http/server.ts';
import { createLogger } from '#platform/logger.ts';
import { withClient } from '#platform/postgres/owners.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { seedShop, type SeedOptions, type SeedResult } from './seed.ts';
import { tableNames } from './tables.ts';

const SMALL = { products: 300, customers: 60, passwordCost: 4 };

export type Row = Record<string, unknown>;

const releases: (() => Promise<void>)[] = [];

export async function releaseAll(): Promise<void> {
  for (const release of releases.splice(0).reverse()) await release();
}

/** A provider with an empty ledger. */
export async function startProvider(): Promise<{ url: string; ledger: Ledger }> {
  const folder = mkdtempSync(join(tmpdir(), 'seed-'));
  const ledger = await openLedger(join(folder, 'ledger.jsonl'));
  const log = createLogger({ name: 'provider', level: 'silent', format: 'json' });
  const server = await listen(buildApp({ ledger, log }), { host: '127.0.0.1', port: 0, name: 'provider' });
  releases.push(async () => {
    await server.stop(0);
    await ledger.close();
    rmSync(folder, { recursive: true });
  });
  return { url: `http://127.0.0.1:${server.port}`, ledger };
}

export async function emptyShop(): Promise<TestDatabase> {
  const database = await createTestDatabase('monolith');
  releases.push(() => database.drop());
  return database;
}

/** Seeds a small shop, as the role that owns its tables. */
export async function seed(
  { adminUrl }: TestDatabase,
  options: Partial<SeedOptions> = {},
): Promise<SeedResult> {
  const [table] = await rows(adminUrl, `SELECT tableowner FROM pg_tables WHERE tablename = 'products'`);
  return seedShop({ ...SMALL, databaseUrl: adminUrl, ownerRole: String(table?.['tableowner']), ...options });
}

export const rows = (url: string, sql: string): Promise<Row[]> =>
  withClient(url, async (client) => (await client.query<Row>(sql)).rows);

/** Every row of every table, but for the password hashes and their salt. */
export async function digests({ adminUrl }: TestDatabase): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for (const name of tableNames) {
    const [row] = await rows(
      adminUrl,
      `SELECT md5(string_agg(line, '|' ORDER BY line)) AS digest
         FROM (SELECT (to_jsonb(t) - 'password_hash')::text AS line FROM ${name} t) AS lines`,
    );
    found[name] = row?.['digest'];
  }
  return found;
}
