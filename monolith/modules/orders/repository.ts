// The orders' tables. The only file of the module that knows Prisma.
import { Prisma } from '../../../generated/prisma/monolith/client.ts';
import type { MonolithDatabase } from '../../database.ts';
import type { Money } from '#platform/money.ts';
import type { OrderLine, OrderStatus, ParkedOrder, ShippingAddress } from './orders.ts';

export type OrdersRepository = ReturnType<typeof createOrdersRepository>;

export interface OrderClaim {
  readonly id: string;
  readonly customerId: string;
  readonly idempotencyKey: string;
  readonly requestHash: string;
  readonly shippingAddress: ShippingAddress;
  readonly leaseMs: number;
}

/** An order that waits for its step to be done. */
export interface OrderWork {
  readonly id: string;
  readonly step: 'charge' | 'reverse';
  /** Which attempt this is, from 1. */
  readonly attempt: number;
}

export interface OrderRow {
  readonly id: string;
  readonly status: OrderStatus;
  readonly totalAmount: bigint;
  readonly totalCurrency: string;
  readonly placedAt: Date;
  readonly items: readonly { productId: string; name: string; unitAmount: number; quantity: number }[];
}

/** What another module needs to know when an order changes. */
export interface OrderEffects {
  readonly customerId: string;
  readonly items: readonly { readonly productId: string; readonly quantity: number }[];
}

/** Returned by the statement that changes the order. */
const EFFECTS = Prisma.sql`customer_id AS "customerId",
  (SELECT json_agg(json_build_object('productId', product_id, 'quantity', quantity) ORDER BY line)
   FROM order_items WHERE order_id = orders.id) AS items`;

/** In one round trip, where Prisma would read one table after the other. */
const ORDERS = Prisma.sql`
  SELECT id, status::text AS status, total_amount AS "totalAmount", total_currency AS "totalCurrency",
         placed_at AS "placedAt",
         (SELECT json_agg(json_build_object('productId', product_id, 'name', name,
                                            'unitAmount', unit_amount, 'quantity', quantity) ORDER BY line)
          FROM order_items WHERE order_id = orders.id) AS items
  FROM orders`;

export function createOrdersRepository({ current }: MonolithDatabase) {
  return {
    /** One order of a customer, or undefined where it is not theirs. */
    async find(customerId: string, id: string): Promise<OrderRow | undefined> {
      const [row] = await current().$queryRaw<OrderRow[]>`
        ${ORDERS} WHERE id = ${id}::uuid AND customer_id = ${customerId}::uuid`;
      return row;
    },

    /** A customer's orders, the newest first, after the one with the given id. */
    async list(customerId: string, limit: number, after?: string): Promise<readonly OrderRow[]> {
      const before = after === undefined ? Prisma.empty : Prisma.sql`AND id < ${after}::uuid`;
      return current().$queryRaw<OrderRow[]>`
        ${ORDERS} WHERE customer_id = ${customerId}::uuid ${before} ORDER BY id DESC LIMIT ${limit}`;
    },

    /** Makes a pending order without lines under a key. @returns false where the key has an order already. */
    async claim({
      id,
      customerId,
      idempotencyKey,
      requestHash,
      shippingAddress,
      leaseMs,
    }: OrderClaim): Promise<boolean> {
      const made = await current().$executeRaw`
        INSERT INTO orders (id, customer_id, idempotency_key, request_hash, status, step, next_attempt_at,
                            total_amount, total_currency, shipping_address)
        VALUES (${id}::uuid, ${customerId}::uuid, ${idempotencyKey}, ${requestHash}, 'pending', 'charge',
                now() + ${leaseMs}::int * interval '1 ms', 0, '', ${JSON.stringify(shippingAddress)}::jsonb)
        ON CONFLICT (customer_id, idempotency_key) DO NOTHING`;
      return made === 1;
    },

    async fill(id: string, lines: readonly OrderLine[], total: Money): Promise<void> {
      const column = <T>(valueOf: (line: OrderLine) => T) => lines.map(valueOf);
      await current().$executeRaw`
        WITH filled AS (
          UPDATE orders SET total_amount = ${total.amount}::bigint, total_currency = ${total.currency}
          WHERE id = ${id}::uuid
        )
        INSERT INTO order_items (order_id, line, product_id, name, unit_amount, quantity)
        SELECT ${id}::uuid, line, product_id, name, unit_amount, quantity
        FROM unnest(${column((line) => line.productId)}::uuid[], ${column((line) => line.name)}::text[],
                    ${column((line) => line.unitPrice.amount)}::int[], ${column((line) => line.quantity)}::int[])
             WITH ORDINALITY AS item (product_id, name, unit_amount, quantity, line)`;
    },

    async findByKey(customerId: string, idempotencyKey: string) {
      const where = { customerId_idempotencyKey: { customerId, idempotencyKey } };
      return (
        (await current().order.findUnique({ where, select: { id: true, requestHash: true } })) ?? undefined
      );
    },

    /** Brings an order to rest from the given step. @returns undefined where it has left that step already. */
    async finish(
      id: string,
      { step, status }: { step: 'charge' | 'reverse'; status: OrderStatus },
    ): Promise<OrderEffects | undefined> {
      const [order] = await current().$queryRaw<OrderEffects[]>`
        UPDATE orders SET status = ${status}::order_status, step = 'done', next_attempt_at = NULL, parked_reason = NULL
        WHERE id = ${id}::uuid AND step = ${step}::order_step
        RETURNING ${EFFECTS}`;
      return order;
    },

    /** @returns what the order was, or undefined where there is nothing to cancel (any more). */
    async cancel(
      id: string,
      leaseMs: number,
    ): Promise<(OrderEffects & { was: 'pending' | 'confirmed' }) | undefined> {
      const [order] = await current().$queryRaw<(OrderEffects & { was: 'pending' | 'confirmed' })[]>`
        UPDATE orders SET status = 'cancelled', step = 'reverse', attempt = 1, parked_reason = NULL,
                          next_attempt_at = now() + ${leaseMs}::int * interval '1 ms'
        FROM (SELECT id, status FROM orders WHERE id = ${id}::uuid FOR UPDATE) AS before
        WHERE orders.id = before.id AND before.status IN ('pending', 'confirmed')
        RETURNING before.status::text AS was, ${EFFECTS}`;
      return order;
    },

    /** Takes a lease on orders whose lease has run out; what another worker is taking at the moment is left to it. */
    async takeDue(limit: number, leaseMs: number): Promise<readonly OrderWork[]> {
      return current().$queryRaw<OrderWork[]>`
        UPDATE orders SET attempt = attempt + 1, next_attempt_at = now() + ${leaseMs}::int * least(attempt, 10) * interval '1 ms'
        WHERE id IN (
          SELECT id FROM orders WHERE next_attempt_at <= now()
          ORDER BY next_attempt_at LIMIT ${limit}::int FOR UPDATE SKIP LOCKED
        )
        RETURNING id, step::text AS step, attempt`;
    },

    /**
     * Takes a lease on one order, if its lease has run out.
     * @returns its work; `leased` while somebody else has it; undefined where nothing is to be done, or it is parked.
     */
    async takeIfDue(id: string, leaseMs: number): Promise<OrderWork | 'leased' | undefined> {
      const [order] = await current().$queryRaw<{ due: boolean | null }[]>`
        SELECT next_attempt_at <= now() AS due FROM orders WHERE id = ${id}::uuid`;
      if (order?.due !== true) return order?.due === false ? 'leased' : undefined;
      const [work] = await current().$queryRaw<OrderWork[]>`
        UPDATE orders SET attempt = attempt + 1, next_attempt_at = now() + ${leaseMs}::int * interval '1 ms'
        WHERE id = ${id}::uuid AND next_attempt_at <= now()
        RETURNING id, step::text AS step, attempt`;
      return work ?? 'leased';
    },

    /** Nobody takes the order up any more, until it is unparked. */
    async park(id: string, reason: string): Promise<void> {
      await current().order.updateMany({
        where: { id, step: { not: 'done' } },
        data: { nextAttemptAt: null, parkedReason: reason },
      });
    },

    async listParked(): Promise<readonly ParkedOrder[]> {
      const rows = await current().order.findMany({
        where: { parkedReason: { not: null } },
        select: { id: true, placedAt: true, parkedReason: true },
        orderBy: { id: 'asc' },
      });
      return rows.map(({ id, placedAt, parkedReason }) => ({ id, placedAt, reason: parkedReason ?? '' }));
    },

    /** @returns whether it was parked. */
    async unpark(id: string): Promise<boolean> {
      const { count } = await current().order.updateMany({
        where: { id, parkedReason: { not: null } },
        data: { parkedReason: null, attempt: 0, nextAttemptAt: new Date() },
      });
      return count === 1;
    },
  };
}
