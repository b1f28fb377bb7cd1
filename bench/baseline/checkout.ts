// A checkout by hand, for a purchase that goes well: the monolith's two transactions with the provider between them.
// What a shop needs beyond that (retries, declined cards, settlement) is left out, since it is not what is measured.
import type { Pool, PoolClient } from 'pg';
import { STOCK } from '../../monolith/seed/product-tables.ts';
import { newId } from '#platform/ids.ts';

export interface CheckoutRequest {
  readonly paymentToken: string;
  readonly shippingAddress: object;
}

interface Line {
  readonly productId: string;
  readonly name: string;
  readonly unitAmount: number;
  readonly currency: string;
  readonly quantity: number;
}

const PROVIDER_TIMEOUT_MS = 3_000;

const CLAIM = `
  INSERT INTO orders (id, customer_id, idempotency_key, request_hash, status, step, next_attempt_at,
                      total_amount, total_currency, shipping_address)
  VALUES ($1, $2, $3, '', 'pending', 'charge', now() + interval '5 s', 0, '', $4)
  ON CONFLICT (customer_id, idempotency_key) DO NOTHING`;

const TAKE_CART = `
  WITH taken AS (
    DELETE FROM cart_items c USING products p WHERE c.customer_id = $1 AND p.id = c.product_id
    RETURNING c.product_id, p.name, p.price_amount, p.price_currency, c.quantity, p.archived_at, c.added_at
  )
  SELECT product_id AS "productId", name, price_amount AS "unitAmount", price_currency AS currency, quantity
  FROM taken WHERE archived_at IS NULL ORDER BY added_at, product_id`;

const SET_TOTAL = 'UPDATE orders SET total_amount = $2, total_currency = $3 WHERE id = $1';

const INSERT_LINES = `
  INSERT INTO order_items (order_id, line, product_id, name, unit_amount, quantity)
  SELECT $1, line, product_id, name, unit_amount, quantity
  FROM unnest($2::uuid[], $3::text[], $4::int[], $5::int[])
       WITH ORDINALITY AS item (product_id, name, unit_amount, quantity, line)`;

const INSERT_PAYMENT = 'INSERT INTO payments (order_id, token, amount, currency) VALUES ($1, $2, $3, $4)';

const LINES_IN_ORDER = `
  WITH line AS (
    SELECT p.id, line.quantity FROM products p
    JOIN unnest($1::uuid[], $2::int[]) AS line (id, quantity) USING (id)
    ORDER BY p.id FOR NO KEY UPDATE OF p
  )`;

const RESERVE = `${LINES_IN_ORDER}
  UPDATE ${STOCK.table} s SET reserved = s.reserved + line.quantity FROM line
  WHERE s.${STOCK.productId} = line.id AND s.on_hand - s.reserved >= line.quantity`;

const CONFIRM = `
  UPDATE orders SET status = 'confirmed', step = 'done', next_attempt_at = NULL
  WHERE id = $1 AND step = 'charge' RETURNING placed_at`;

const CAPTURE = `UPDATE payments SET status = 'captured', updated_at = now() WHERE order_id = $1`;

const SHIP = `${LINES_IN_ORDER}
  UPDATE ${STOCK.table} s SET on_hand = s.on_hand - line.quantity, reserved = s.reserved - line.quantity
  FROM line WHERE s.${STOCK.productId} = line.id`;

/** @returns undefined where there is nothing to buy, or not enough of it. */
export function createCheckout(pool: Pool, providerUrl: string) {
  return async (customerId: string, idempotencyKey: string, request: CheckoutRequest) => {
    const id = newId();
    const { paymentToken, shippingAddress } = request;
    const opened = await transaction(pool, async (client) => {
      const claimed = await client.query(CLAIM, [id, customerId, idempotencyKey, shippingAddress]);
      if (claimed.rowCount === 0) return undefined;
      const { rows } = await client.query<Line>(TAKE_CART, [customerId]);
      const currency = rows[0]?.currency;
      if (currency === undefined) return undefined;
      const amount = rows.reduce((sum, { unitAmount, quantity }) => sum + unitAmount * quantity, 0);
      await client.query(SET_TOTAL, [id, amount, currency]);
      const column = (name: keyof Line) => rows.map((row) => row[name]);
      const lines = [column('productId'), column('name'), column('unitAmount'), column('quantity')];
      await client.query(INSERT_LINES, [id, ...lines]);
      await client.query(INSERT_PAYMENT, [id, paymentToken, amount, currency]);
      const reserved = await client.query(RESERVE, [lines[0], lines[3]]);
      return reserved.rowCount === rows.length ? { rows, total: { amount, currency } } : undefined;
    });
    if (opened === undefined) return undefined;
    const { rows, total } = opened;

    await charge(providerUrl, id, { token: paymentToken, ...total });

    const placedAt = await transaction(pool, async (client) => {
      const confirmed = await client.query<{ placed_at: Date }>(CONFIRM, [id]);
      await client.query(CAPTURE, [id]);
      await client.query(SHIP, [rows.map((row) => row.productId), rows.map((row) => row.quantity)]);
      return confirmed.rows[0]?.placed_at;
    });
    return {
      id,
      status: 'confirmed',
      items: rows.map(({ productId, name, unitAmount: amount, currency, quantity }) => ({
        productId,
        name,
        unitPrice: { amount, currency },
        quantity,
      })),
      total,
      payment: { status: 'captured' },
      placedAt: placedAt?.toISOString(),
    };
  };
}

/** Rolled back where the work returns nothing. */
async function transaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T | undefined>) {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query(result === undefined ? 'ROLLBACK' : 'COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}

async function charge(providerUrl: string, key: string, body: object): Promise<void> {
  const response = await fetch(new URL('/charges', providerUrl), {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(PROVIDER_TIMEOUT_MS),
  });
  const { status } = (await response.json()) as { status?: string };
  if (status !== 'captured') throw new Error(`the charge was answered ${status}`);
}
