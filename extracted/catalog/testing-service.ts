// The whole service on a fresh database and a port of its own, and a client of it, for tests.
import { pino } from 'pino';
import { CatalogServiceService } from '../../generated/protos/shop/catalog/v1/catalog.ts';
import { connectGrpc, type GrpcClient } from '#platform/grpc/client.ts';
import { withClient } from '#platform/postgres/owners.ts';
import { createTestDatabase } from '#platform/testing/test-database.ts';
import { openDatabase } from './database.ts';
import { listenCatalog } from './server.ts';

export interface TestService {
  readonly client: GrpcClient<typeof CatalogServiceService>;
  /** `host:port`. */
  readonly address: string;
  /** As an administrator: what a test may look and meddle with. */
  readonly sql: <Row extends object>(text: string, values?: readonly unknown[]) => Promise<readonly Row[]>;
  close(): Promise<void>;
}

/** @param categories slugs to begin with. */
export async function openTestService(categories: readonly string[]): Promise<TestService> {
  const testDatabase = await createTestDatabase('catalog');
  const sql: TestService['sql'] = (text, values = []) =>
    withClient(testDatabase.adminUrl, async (admin) => (await admin.query(text, [...values])).rows as never);
  for (const slug of categories) await sql('INSERT INTO categories (slug, name) VALUES ($1, $1)', [slug]);

  const log = pino({ level: 'silent' });
  const database = openDatabase(testDatabase.url, 5);
  const keysSecret = 'a secret of the tests, long enough';
  const server = await listenCatalog({ host: '127.0.0.1', port: 0, database, keysSecret, log });
  const address = `127.0.0.1:${server.port}`;
  const addresses = [address];
  const client = connectGrpc(CatalogServiceService, { addresses, defaultDeadlineMs: 20_000, log });
  return {
    ...{ client, address, sql },
    async close() {
      client.close();
      await server.stop(0, 1_000);
      await database.close();
      await testDatabase.drop();
    },
  };
}
