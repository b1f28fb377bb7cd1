// Every module of the shop in the test's own process, on a ground of its own.
import { newId } from '#platform/ids.ts';
import { createLogger } from '#platform/logger.ts';
import { openDatabase } from '../database.ts';
import { createShop, type Shop, type ShopSettings } from '../shop.ts';
import { CATEGORY, JWT_SECRET, openGround, type Ground } from './ground.ts';

export interface TestShop extends Ground {
  readonly shop: Shop;
}

const silentLog = createLogger({ name: 'test', level: 'silent', format: 'json' });

/** @param overrides of the settings: short timeouts, another provider. */
export async function openTestShop(overrides: Partial<ShopSettings> = {}): Promise<TestShop> {
  const ground = await openGround();
  return openShopOn(ground, overrides, () => ground.close());
}

/** Another shop on the ground of the first: what a second process of the monolith is. Close it before that one. */
export function openShopOn(
  ground: Ground,
  overrides: Partial<ShopSettings> = {},
  then = async () => undefined as void,
): TestShop {
  const database = openDatabase(ground.databaseUrl, 10);
  const settings: ShopSettings = {
    jwtSecret: JWT_SECRET,
    sessionLifetime: 60,
    scryptCost: 4,
    paymentProviderUrl: ground.providerUrl,
    paymentTimeoutMs: 3_000,
    ...overrides,
  };
  return {
    ...ground,
    shop: createShop(database, settings, silentLog),
    async close() {
      await database.close();
      await then();
    },
  };
}

/** A new customer with a new product in the cart; its price is 250. @returns both ids. */
export async function customerWithCart({ shop }: TestShop, stock: { onHand: number; quantity: number }) {
  const email = `${newId()}@shop.test`;
  const { id: customer } = await shop.customers.register({ email, password: 'password', name: 'A' });
  const { product } = await shop.catalog.createProduct({
    sku: newId().toUpperCase(),
    name: 'Kettle',
    description: 'Boils water.',
    category: CATEGORY,
    price: { amount: 250, currency: 'EUR' },
  });
  await shop.inventory.setOnHand(product.id, stock.onHand);
  await shop.carts.putItem(customer, product.id, stock.quantity);
  return { customer, product: product.id };
}
