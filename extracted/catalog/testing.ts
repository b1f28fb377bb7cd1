// A catalog on a fresh database, for the tests of this folder: its use cases, or the whole service on a port.
import { pino } from 'pino';
import { CatalogServiceService } from '../../generated/protos/shop/catalog/v1/catalog.ts';
import { connectGrpc, type GrpcClient } from '#platform/grpc/client.ts';
import { withClient } from '#platform/postgres/owners.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { createCatalog, type Catalog } from './catalog.ts';
import { openDatabase } from './database.ts';
import { createCatalogRepository } from './repository.ts';
import { listenCatalog } from './server.ts';

export interface TestCatalog {
  readonly catalog: Catalog;
  close(): Promise<void>;
}

export interface TestService extends TestCatalog {
  readonly client: GrpcClient<typeof CatalogServiceService>;
  readonly testDatabase: TestDatabase;
  /** `host:port`. */
  readonly address: string;
}

/** @param categories slugs to begin with. */
export async function openTestCatalog(categories: readonly string[]): Promise<TestCatalog> {
  const { catalog, close } = await openCatalog(categories);
  return { catalog, close };
}

/** @param categories slugs to begin with. */
export async function openTestService(categories: readonly string[]): Promise<TestService> {
  const { testDatabase, database, catalog, close } = await openCatalog(categories);
  const log = pino({ level: 'silent' });
  const keysSecret = 'a secret of the tests, long enough';
  const server = await listenCatalog({ host: '127.0.0.1', port: 0, database, keysSecret, log });
  const address = `127.0.0.1:${server.port}`;
  const client = connectGrpc(CatalogServiceService, {
    addresses: [address],
    defaultDeadlineMs: 20_000,
    log,
  });
  return {
    ...{ catalog, client, testDatabase, address },
    async close() {
      client.close();
      await server.stop(0, 1_000);
      await close();
    },
  };
}

async function openCatalog(categories: readonly string[]) {
  const testDatabase = await createTestDatabase('catalog');
  await withClient(testDatabase.adminUrl, async (admin) => {
    for (const slug of categories)
      await admin.query('INSERT INTO categories (slug, name) VALUES ($1, $1)', [slug]);
  });
  const database = openDatabase(testDatabase.url, 5);
  return {
    testDatabase,
    database,
    catalog: createCatalog(createCatalogRepository(database)),
    close: async () => {
      await database.close();
      await testDatabase.drop();
    },
  };
}
