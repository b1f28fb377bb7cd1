// An inventory on a fresh database, for the tests of this folder.
import { openDatabase } from '../../database.ts';
import { newId } from '#platform/ids.ts';
import { withClient } from '#platform/postgres/owners.ts';
import { createTestDatabase } from '#platform/testing/test-database.ts';
import { createInventory, type Inventory } from './inventory.ts';
import { createInventoryRepository } from './repository.ts';

export interface TestInventory {
  readonly inventory: Inventory;
  readonly inTransaction: <T>(work: () => Promise<T>) => Promise<T>;
  /** A product with that many units in the warehouse. @returns its id. */
  product(onHand: number): Promise<string>;
  close(): Promise<void>;
}

export async function openTestInventory(): Promise<TestInventory> {
  const testDatabase = await createTestDatabase('monolith');
  const database = openDatabase(testDatabase.url, 10);
  return {
    inventory: createInventory(createInventoryRepository(database)),
    inTransaction: database.inTransaction,
    async product(onHand) {
      const id = newId();
      await withClient(testDatabase.adminUrl, async (admin) => {
        await admin.query(`INSERT INTO categories (slug, name) VALUES ('tea', 'Tea') ON CONFLICT DO NOTHING`);
        await admin.query(
          `INSERT INTO products (id, sku, name, description, category_slug, price_amount, price_currency, on_hand)
           VALUES ($1::uuid, $1::text, 'Kettle', 'Boils water.', 'tea', 100, 'EUR', $2)`,
          [id, onHand],
        );
      });
      return id;
    },
    async close() {
      await database.close();
      await testDatabase.drop();
    },
  };
}
