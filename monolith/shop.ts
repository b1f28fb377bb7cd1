// Puts the modules together: who knows whom. Used by the process and by the tests alike.
import { createIdempotentWrites } from '#platform/idempotency.ts';
import { CURRENCY } from '#platform/money.ts';
import type { Logger } from '#platform/logger.ts';
import { createPositions } from '#platform/position.ts'; // from stage-3
import { positionsWhereAsked } from '#platform/http/owner.ts'; // from stage-4
import type { MonolithDatabase } from './database.ts';
import { createLocalPriceList } from './modules/carts/adapters/catalog.local.ts';
import { createCarts } from './modules/carts/carts.ts';
import { createCartsRepository } from './modules/carts/repository.ts';
import { createCatalog } from './modules/catalog/catalog.ts';
import { openOwnedCatalog } from './modules/catalog/open-owned.ts'; // from stage-4
import { createCatalogRepository } from './modules/catalog/repository.ts';
import { createCustomers } from './modules/customers/customers.ts';
import { createPasswords } from './modules/customers/passwords.ts';
import { createCustomersRepository } from './modules/customers/repository.ts';
import { createTokens } from './modules/customers/tokens.ts';
import { createLocalAssortment } from './modules/inventory/adapters/catalog.local.ts';
import { createInventory } from './modules/inventory/inventory.ts';
import { createInventoryRepository } from './modules/inventory/repository.ts';
import { createLocalCarts } from './modules/orders/adapters/carts.local.ts';
import { createLocalWarehouse } from './modules/orders/adapters/inventory.local.ts';
import { createLocalPaymentDesk } from './modules/orders/adapters/payments.local.ts';
import { createOrders } from './modules/orders/orders.ts';
import { createOrdersRepository } from './modules/orders/repository.ts';
import { createHttpPaymentProvider } from './modules/payments/adapters/provider.http.ts';
import { createPayments } from './modules/payments/payments.ts';
import { createPaymentsRepository } from './modules/payments/repository.ts';

export interface ShopSettings {
  readonly jwtSecret: string;
  readonly sessionLifetime: number;
  readonly scryptCost: number;
  readonly paymentProviderUrl: string;
  readonly paymentTimeoutMs: number;
  readonly catalogAddress?: string | undefined; // from stage-4
  readonly databaseUrl?: string; // from stage-4
}

/** A step's lease outlasts the provider's timeout by this much, for the transaction that follows. */
const LEASE_MARGIN_MS = 2_000;

/** A table for each module, since its keys move with it. Orders keep theirs in the order. */
export const KEY_TABLES = {
  catalog: 'catalog.idempotency_keys',
  inventory: 'inventory.idempotency_keys',
  carts: 'carts.idempotency_keys',
  customers: 'customers.idempotency_keys',
} as const;

export type Shop = ReturnType<typeof createShop>;

export function createShop(database: MonolithDatabase, settings: ShopSettings, log: Logger) {
  const provider = createHttpPaymentProvider(settings.paymentProviderUrl, settings.paymentTimeoutMs, log);

  const keys = (module: keyof typeof KEY_TABLES) =>
    createIdempotentWrites(database, KEY_TABLES[module], settings.jwtSecret);
  const once = {
    catalog: keys('catalog'),
    inventory: keys('inventory'),
    carts: keys('carts'),
    customers: keys('customers'),
  };

  const local = createCatalog(createCatalogRepository(database));
  const catalog = { forRoutes: local, forSiblings: local };
  const owned = openOwnedCatalog(local, once.catalog, settings, log); // from stage-4
  Object.assign(catalog, owned.catalog); // from stage-4
  once.catalog = owned.once; // from stage-4

  const inventory = createInventory(
    createInventoryRepository(database),
    createLocalAssortment(catalog.forSiblings),
  );
  const carts = createCarts({
    inTransaction: database.inTransaction,
    repository: createCartsRepository(database),
    priceList: createLocalPriceList(catalog.forSiblings),
    currency: CURRENCY,
  });
  const customers = createCustomers(
    createCustomersRepository(database),
    createPasswords(settings.scryptCost),
    createTokens(settings.jwtSecret, settings.sessionLifetime),
  );
  const payments = createPayments(createPaymentsRepository(database), provider);
  const orders = createOrders({
    database,
    repository: createOrdersRepository(database),
    carts: createLocalCarts(carts),
    inventory: createLocalWarehouse(inventory),
    payments: createLocalPaymentDesk(payments),
    leaseMs: settings.paymentTimeoutMs + LEASE_MARGIN_MS,
    log,
  });
  const positions = createPositions({ query: (...asked) => database.current().$queryRawUnsafe(...asked) }); // from stage-3
  const told = { positions }; // from stage-3
  told.positions = positionsWhereAsked(positions); // from stage-4
  return {
    ...{ catalog: catalog.forRoutes, inventory, carts, customers, payments, orders },
    once,
    ...told, // from stage-3
    measure: owned.measure, // from stage-4
    close: () => owned.close(), // from stage-4
  };
}
