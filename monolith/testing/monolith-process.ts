// A monolith in a process of its own, that a test can kill, and a customer of it.
import { createTokens } from '../modules/customers/tokens.ts';
import { startChild, type Child } from '#platform/children.ts';
import { newId } from '#platform/ids.ts';
import { PUT_STOCK } from '../seed/product-tables.ts';
import { CATEGORY, JWT_SECRET, type Ground } from './ground.ts';

export interface MonolithProcess extends Child {
  readonly url: string;
}

/** The provider's deadline of these processes: short, since tests wait for it. */
export const PAYMENT_TIMEOUT_MS = 700;

export async function startMonolith(
  ground: Ground,
  settings: Record<string, string> = {},
): Promise<MonolithProcess> {
  const child = await startChild('monolith', 'monolith/main.ts', {
    MONOLITH_PORT: '0',
    MONOLITH_DATABASE_URL: ground.databaseUrl,
    PAYMENT_PROVIDER_URL: ground.providerUrl,
    SHOP_JWT_SECRET: JWT_SECRET,
    SHOP_PAYMENT_TIMEOUT_MS: String(PAYMENT_TIMEOUT_MS),
    SHOP_SETTLEMENT_INTERVAL_MS: '50',
    SHOP_SCRYPT_COST: '4',
    SHOP_LOG_LEVEL: 'silent',
    SHOP_DRAIN_MS: '0',
    ...settings,
  });
  return { ...child, url: `http://127.0.0.1:${child.port}` };
}

export interface Buyer {
  readonly customerId: string;
  /** One product, of which there were 100. */
  readonly productId: string;
  /** Undefined where the monolith died before it answered. */
  readonly send: (
    monolith: MonolithProcess,
    method: string,
    path: string,
    body?: object,
    key?: string,
  ) => Promise<Sent | undefined>;
}

export interface Sent {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

export const INITIAL_STOCK = 100;

/** A new customer with two units of a new product in the cart, put there without the monolith's help. */
export async function newBuyer({ sql }: Ground): Promise<Buyer> {
  const [customerId, productId] = [newId(), newId()];
  await sql(`INSERT INTO customers (id, email, name, password_hash) VALUES ($1::uuid, $1::text, 'A', '')`, [
    customerId,
  ]);
  await sql(
    `INSERT INTO products (id, sku, name, description, category_slug, price_amount, price_currency)
     VALUES ($1::uuid, $1::text, 'Kettle', 'Boils water.', $2, 250, 'EUR')`,
    [productId, CATEGORY],
  );
  await sql(PUT_STOCK, [[productId], INITIAL_STOCK]);
  await sql(`INSERT INTO cart_items (customer_id, product_id, quantity) VALUES ($1, $2, 2)`, [
    customerId,
    productId,
  ]);
  return { customerId, productId, send: await senderFor(customerId) };
}

/** Sends requests as a customer. */
async function senderFor(customerId: string): Promise<Buyer['send']> {
  const token = await createTokens(JWT_SECRET, 600).issue({ id: customerId, role: 'customer' });
  return async ({ url }, method, path, body, key) => {
    try {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          ...(key !== undefined && { 'idempotency-key': key }),
        },
        ...(body && { body: JSON.stringify(body) }),
      });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    } catch {
      return undefined;
    }
  };
}

export const checkoutWith = (paymentToken: string) => ({
  paymentToken,
  shippingAddress: { name: 'A', line1: '1 Street', city: 'Town', postalCode: '1', country: 'DE' },
});
