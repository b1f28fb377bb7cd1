// Fills an empty shop: products, customers, and a history that the payment provider's ledger agrees with.
import { escapeIdentifier, type Client } from 'pg';
import { withClient } from '#platform/postgres/owners.ts';
import { SetupError } from '#platform/setup-error.ts';
import { createPasswords } from '../modules/customers/passwords.ts';
import { assortment } from './assortment/assortment.ts';
import { cartItems } from './carts.ts';
import { chargeHistory } from './charges.ts';
import { copyRows } from './copy.ts';
import { ADMINISTRATOR, createAdministrator, createCustomers, DEMO_CUSTOMER } from './customers.ts';
import { createHistory, type SeedOrder } from './orders.ts';
import { productTables } from './product-tables.ts';
import { createProducts } from './products.ts';
import * as tables from './tables.ts';

export interface SeedOptions {
  /** Of an administrator, to the owner's database, which has been migrated and is empty. */
  readonly databaseUrl: string;
  /** Owns the tables. */
  readonly ownerRole: string;
  /** Without it no order is made: its payment would be missing at the provider. */
  readonly providerUrl?: string | undefined;
  readonly products?: number | undefined;
  readonly customers?: number | undefined;
  /** The same number gives the same rows, but for the salt of the password hashes. */
  readonly seed?: number | undefined;
  /** log2 of scrypt's N; lower in tests only. */
  readonly passwordCost?: number | undefined;
  readonly onProgress?: ((progress: SeedProgress) => void) | undefined;
}

export interface SeedProgress {
  readonly step: 'products' | 'customers' | 'orders' | 'payments' | 'statistics';
  readonly done: number;
  /** Undefined where it is not known beforehand. */
  readonly total?: number;
}

export interface SeedResult {
  readonly products: number;
  readonly categories: number;
  /** Without the administrator. */
  readonly customers: number;
  /** None where there was no payment provider. */
  readonly orders: number;
}

/** @throws {SetupError} one line, where the database is not empty, or the provider does not do its part. */
export async function seedShop(options: SeedOptions): Promise<SeedResult> {
  return withClient(options.databaseUrl, async (client) => {
    await client.query(`SET ROLE ${escapeIdentifier(options.ownerRole)}`);
    await client.query('BEGIN');
    await refuseUnlessEmpty(client);
    const result = await fill(client, options);
    await client.query('COMMIT');
    options.onProgress?.({ step: 'statistics', done: 0 });
    // Not ANALYZE alone: the word indexes keep what is new in a list that slows every search until it is merged.
    await client.query(`VACUUM (ANALYZE) ${tables.tableNames.map(escapeIdentifier).join(', ')}`);
    return result;
  });
}

/** Whether there is any category or product. */
export async function isSeeded(databaseUrl: string): Promise<boolean> {
  return withClient(databaseUrl, (client) => holdsAny(client, ['categories', 'products']));
}

async function holdsAny(client: Client, names: readonly string[]): Promise<boolean> {
  const anyOf = names.map((name) => `EXISTS (SELECT FROM ${escapeIdentifier(name)})`).join(' OR ');
  const { rows } = await client.query<{ found: boolean }>(`SELECT ${anyOf} AS found`);
  return rows[0]?.found === true;
}

async function refuseUnlessEmpty(client: Client): Promise<void> {
  // Of two seeds at once, the second waits here for the first one's end, and then finds its rows.
  await client.query('LOCK TABLE categories IN SHARE ROW EXCLUSIVE MODE');
  if (!(await holdsAny(client, ['categories', 'products', 'customers']))) return;
  throw new SetupError('the shop is not empty, so it cannot be seeded: npm run reset begins afresh');
}

/** Everything in the caller's transaction; the provider comes last, when nothing else can fail any more. */
async function fill(client: Client, options: SeedOptions): Promise<SeedResult> {
  const { providerUrl, seed = 1, passwordCost, onProgress = () => undefined } = options;
  // Computed in the thread pool, while the products are being copied.
  const hashes = hashPasswords(passwordCost);
  const products = createProducts(seed, options.products ?? 10_000);
  const customers = createCustomers(seed, options.customers ?? 200);
  const history = createHistory(seed, customers, products);
  const report = (step: SeedProgress['step'], total?: number) => (done: number) =>
    onProgress({ step, done, ...(total === undefined ? {} : { total }) });

  await copyRows(client, tables.categoriesTable, assortment);
  for (const table of productTables)
    await copyRows(client, table, all(products), report('products', products.count));

  const { customerHash, administratorHash } = await hashes;
  await copyRows(client, tables.customersTable, [
    { ...createAdministrator(seed), passwordHash: administratorHash },
  ]);
  await copyRows(
    client,
    tables.customersTable,
    withHash(all(customers), customerHash),
    report('customers', customers.count),
  );
  await copyRows(client, tables.cartItemsTable, cartItems(seed, customers, products));

  const result = { products: products.count, categories: assortment.length, customers: customers.count };
  if (providerUrl === undefined) return { ...result, orders: 0 };
  const orders = await copyRows(client, tables.ordersTable, history.orders(), report('orders'));
  await copyRows(client, tables.orderItemsTable, linesOf(history.orders()));
  await copyRows(client, tables.paymentsTable, history.orders());
  await chargeHistory(providerUrl, history.orders(), report('payments', orders));
  return { ...result, orders };
}

/** One hash for all customers: scrypt is slow on purpose, and a password that a page shows needs no salt of its own. */
async function hashPasswords(cost: number | undefined) {
  const passwords = createPasswords(cost);
  const [customerHash, administratorHash] = await Promise.all([
    passwords.hash(DEMO_CUSTOMER.password),
    passwords.hash(ADMINISTRATOR.password),
  ]);
  return { customerHash, administratorHash };
}

function* all<Row>(rows: { readonly count: number; at(index: number): Row }): Generator<Row> {
  for (let index = 0; index < rows.count; index += 1) yield rows.at(index);
}

function* withHash<Row>(rows: Iterable<Row>, passwordHash: string) {
  for (const row of rows) yield { ...row, passwordHash };
}

function* linesOf(orders: Iterable<SeedOrder>) {
  for (const { id: orderId, lines } of orders)
    for (const [index, line] of lines.entries()) yield { ...line, orderId, line: index + 1 };
}
