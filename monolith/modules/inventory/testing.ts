// An inventory on a fresh database, for the tests of this folder.
import { openDatabase } from '../../database.ts';
import { createShop } from '../../shop.ts';
import { newId } from '#platform/ids.ts';
import { createLogger } from '#platform/logger.ts';
import { withClient } from '#platform/postgres/owners.ts';
import { createTestDatabase } from '#platform/testing/test-database.ts';
import type { Inventory } from './inventory.ts';

export interface TestInventory {
  readonly inventory: Inventory;
  readonly inTransaction: <T>(work: () => Promise<T>) => Promise<T>;
  /** A product with that many units in the warehouse, or one that nobody has counted. @returns its id. */
  product(onHand?: number): Promise<string>;
  /** Takes a product off sale. */
  archive(productId: string): Promise<void>;
  close(): Promise<void>;
}

const CATEGORY = 'tea';

export async function openTestInventory(): Promise<TestInventory> {
  const testDatabase = await createTestDatabase('monolith');
  await withClient(testDatabase.adminUrl, (admin) =>
    admin.query(`INSERT INTO categories (slug, name) VALUES ($1, 'Tea')`, [CATEGORY]),
  );
  const database = openDatabase(testDatabase.url, 10);
  // The whole shop, since the inventory asks the catalog; nobody is asked for money here.
  const settings = {
    jwtSecret: '',
    sessionLifetime: 0,
    scryptCost: 4,
    paymentProviderUrl: 'http://127.0.0.1:1',
    paymentTimeoutMs: 0,
  };
  const log = createLogger({ name: 'test', level: 'silent', format: 'json' });
  const { catalog, inventory } = createShop(database, settings, log);
  return {
    inventory,
    inTransaction: database.inTransaction,
    async product(onHand) {
      const { product } = await catalog.createProduct({
        sku: newId().toUpperCase(),
        name: 'Kettle',
        description: 'Boils water.',
        category: CATEGORY,
        price: { amount: 100, currency: 'EUR' },
      });
      if (onHand !== undefined) await inventory.setOnHand(product.id, onHand);
      return product.id;
    },
    archive: (productId) => catalog.archiveProduct(productId),
    async close() {
      await database.close();
      await testDatabase.drop();
    },
  };
}
