// A catalog on a fresh database, for the tests of this folder.
import { openDatabase } from './database.ts';
import { withClient } from '#platform/postgres/owners.ts';
import { createTestDatabase } from '#platform/testing/test-database.ts';
import { createCatalog, type Catalog } from './catalog.ts';
import { createCatalogRepository } from './repository.ts';

export interface TestCatalog {
  readonly catalog: Catalog;
  close(): Promise<void>;
}

/** @param categories slugs to begin with. */
export async function openTestCatalog(categories: readonly string[]): Promise<TestCatalog> {
  const testDatabase = await createTestDatabase('catalog');
  await withClient(testDatabase.adminUrl, async (admin) => {
    for (const slug of categories)
      await admin.query('INSERT INTO categories (slug, name) VALUES ($1, $1)', [slug]);
  });
  const database = openDatabase(testDatabase.url, 5);
  return {
    catalog: createCatalog(createCatalogRepository(database)),
    async close() {
      await database.close();
      await testDatabase.drop();
    },
  };
}
