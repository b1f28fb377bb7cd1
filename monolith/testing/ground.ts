// What a shop stands on, for a test: a fresh database with one category, and a payment provider in its own process.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChild } from '#platform/children.ts';
import { withClient } from '#platform/postgres/owners.ts';
import { createTestDatabase } from '#platform/testing/test-database.ts';

export const CATEGORY = 'tea';

/** Long enough for HS256. */
export const JWT_SECRET = 'a secret for tests, known to all of them';

export interface Ground {
  /** As the app role. */
  readonly databaseUrl: string;
  readonly providerUrl: string;
  /** Runs SQL as an administrator. */
  readonly sql: <Row = Record<string, unknown>>(
    statement: string,
    values?: readonly unknown[],
  ) => Promise<Row[]>;
  /** One transaction of an administrator, with whatever it locks. */
  readonly inAdminTransaction: <T>(work: (sql: Ground['sql']) => Promise<T>) => Promise<T>;
  readonly close: () => Promise<void>;
}

export async function openGround(): Promise<Ground> {
  const folder = mkdtempSync(join(tmpdir(), 'shop-provider-'));
  const [database, provider] = await Promise.all([
    createTestDatabase('monolith'),
    startChild('payment provider', 'outside/payment-provider/main.ts', {
      PAYMENT_PROVIDER_PORT: '0',
      PAYMENT_PROVIDER_LEDGER: join(folder, 'ledger.jsonl'),
      SHOP_LOG_LEVEL: 'silent',
    }),
  ]);
  const sql: Ground['sql'] = (statement, values = []) =>
    withClient(database.adminUrl, async (admin) => (await admin.query(statement, [...values])).rows as never);
  await sql(`INSERT INTO categories (slug, name) VALUES ('${CATEGORY}', 'Tea')`);
  return {
    databaseUrl: database.url,
    providerUrl: `http://127.0.0.1:${provider.port}`,
    sql,
    inAdminTransaction: (work) =>
      withClient(database.adminUrl, async (admin) => {
        await admin.query('BEGIN');
        const result = await work(
          async (statement, values = []) => (await admin.query(statement, [...values])).rows as never,
        );
        await admin.query('COMMIT');
        return result;
      }),
    async close() {
      await provider.stop();
      await database.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Lets time pass for every open order: its lease has run out. */
export const expireLeases = ({ sql }: Ground) =>
  sql(`UPDATE orders SET next_attempt_at = now() WHERE next_attempt_at IS NOT NULL`);

/** What the payment provider did under an order's key, in order. */
export async function ledgerOf({ providerUrl }: Pick<Ground, 'providerUrl'>, key: string): Promise<string[]> {
  const response = await fetch(`${providerUrl}/ledger?key=${key}`);
  const { entries } = (await response.json()) as { entries: { type: string }[] };
  return entries.map(({ type }) => type);
}
