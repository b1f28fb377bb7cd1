// Who checks out: as many customers with full carts as a measurement may need, and the requests they send.
import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { PUT_STOCK, STOCK } from '../monolith/seed/product-tables.ts';
import type { LoopRequest } from './client/closed-loop.ts';
import { tokenFor } from './tokens.ts';

export interface Buyers {
  /** Fills every cart. @returns one purchase for each of them, never made before. */
  prepare(): Promise<readonly LoopRequest[]>;
}

const PRODUCTS = 1_000;
const PLENTY = 1_000_000;
/** Two products each, in ever other pairs, so that buyers meet at a row now and then, as they do in a shop. */
const LINES = 2;

const body = JSON.stringify({
  paymentToken: 'tok_ok',
  shippingAddress: { name: 'A', line1: '1 Street', city: 'Town', postalCode: '12345', country: 'DE' },
});

export async function createBuyers(pool: Pool, count: number): Promise<Buyers> {
  await pool.query(
    `INSERT INTO customers (id, email, name, password_hash)
     SELECT uuidv7(), 'bench-' || n || '@shop.test', 'Buyer', '' FROM generate_series(1, $1) AS n`,
    [count],
  );
  const goods = await pool.query<{ id: string }>(
    'SELECT id FROM products WHERE archived_at IS NULL ORDER BY id LIMIT $1',
    [PRODUCTS],
  );
  await pool.query(PUT_STOCK, [goods.rows.map(({ id }) => id), PLENTY]);
  await pool.query(`VACUUM (ANALYZE) products, ${STOCK.table}, customers`);
  const { rows } = await pool.query<{ id: string }>(
    `SELECT id FROM customers WHERE email LIKE 'bench-%' ORDER BY id`,
  );
  const tokens = await Promise.all(rows.map(({ id }) => tokenFor(id, 'customer')));

  return {
    async prepare() {
      await pool.query('DELETE FROM cart_items');
      await pool.query(
        `WITH goods AS (SELECT ${STOCK.productId} AS id, row_number() OVER (ORDER BY md5(${STOCK.productId}::text)) - 1 AS n
                        FROM ${STOCK.table} WHERE on_hand > $1 / 2),
              buyers AS (SELECT id, row_number() OVER (ORDER BY id) AS n FROM customers WHERE email LIKE 'bench-%')
         INSERT INTO cart_items (customer_id, product_id, quantity)
         SELECT buyers.id, goods.id, 1 FROM buyers, generate_series(0, $2 - 1) AS line
         JOIN goods ON true WHERE goods.n = (buyers.n * $2 + line) % (SELECT count(*) FROM goods)`,
        [PLENTY, LINES],
      );
      // Else each purchase would pay for statistics that are behind, whoever it is made at.
      await pool.query('VACUUM (ANALYZE) cart_items, orders, payments, order_items');
      return tokens.map((token) => ({
        method: 'POST',
        path: '/orders',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          'idempotency-key': randomUUID(),
        },
        body,
      }));
    },
  };
}
