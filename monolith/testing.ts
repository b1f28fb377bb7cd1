// A whole shop for a test: a fresh database, a payment provider in a process of its own, every module.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChild } from '#platform/children.ts';
import { createLogger } from '#platform/logger.ts';
import { withClient } from '#platform/postgres/owners.ts';
import { createTestDatabase } from '#platform/testing/test-database.ts';
import { openDatabase } from './database.ts';
import { createShop, type Shop, type ShopSettings } from './shop.ts';

export interface TestShop {
  readonly shop: Shop;
  /** The payment provider's. */
  readonly providerUrl: string;
  /** Runs SQL as an administrator. */
  readonly sql: (statement: string, values?: readonly unknown[]) => Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

export const CATEGORY = 'tea';

export const silentLog = createLogger({ name: 'test', level: 'silent', format: 'json' });

/** @param overrides of the settings: short timeouts, another provider. */
export async function openTestShop(overrides: Partial<ShopSettings> = {}): Promise<TestShop> {
  const folder = mkdtempSync(join(tmpdir(), 'shop-provider-'));
  const provider = await startChild('payment provider', 'outside/payment-provider/main.ts', {
    PAYMENT_PROVIDER_PORT: '0',
    PAYMENT_PROVIDER_LEDGER: join(folder, 'ledger.jsonl'),
    SHOP_LOG_LEVEL: 'silent',
  });
  const providerUrl = `http://127.0.0.1:${provider.port}`;

  const testDatabase = await createTestDatabase('monolith');
  const sql: TestShop['sql'] = (statement, values = []) =>
    withClient(testDatabase.adminUrl, async (admin) => {
      const { rows } = await admin.query<Record<string, unknown>>(statement, [...values]);
      return rows;
    });
  await sql(`INSERT INTO categories (slug, name) VALUES ('${CATEGORY}', 'Tea')`);

  const database = openDatabase(testDatabase.url, 10);
  const settings: ShopSettings = {
    jwtSecret: 'a secret for tests, long enough for HS256',
    sessionLifetime: 60,
    scryptCost: 4,
    paymentProviderUrl: providerUrl,
    paymentTimeoutMs: 3_000,
    ...overrides,
  };
  return {
    shop: createShop(database, settings, silentLog),
    providerUrl,
    sql,
    async close() {
      await database.close();
      await testDatabase.drop();
      await provider.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
