// The orders' tables. The only file of the module that knows Prisma.
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

/** What another module needs to know when an order changes. */
export interface OrderEffects {
  readonly customerId: string;
  readonly items: readonly { readonly productId: string; readonly quantity: number }[];
}

export function createOrdersRepository({ current }: MonolithDatabase) {
  const effectsOf = async (id: string): Promise<OrderEffects> =>
    current().order.findUniqueOrThrow({
      where: { id },
      select: { customerId: true, items: { select: { productId: true, quantity: true } } },
    });

  return {
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
      await current().order.update({
        where: { id },
        data: { totalAmount: total.amount, totalCurrency: total.currency },
        select: { id: true },
      });
      await current().orderItem.createMany({
        data: lines.map(({ productId, name, unitPrice, quantity }, index) => ({
          orderId: id,
          line: index + 1,
          productId,
          name,
          unitAmount: unitPrice.amount,
          quantity,
        })),
      });
    },

    async findByKey(customerId: string, idempotencyKey: string) {
      const where = { customerId_idempotencyKey: { customerId, idempotencyKey } };
      return (
        (await current().order.findUnique({ where, select: { id: true, requestHash: true } })) ?? undefined
      );
    },

    /** Brings an order to rest from the given step. @returns undefined where it has left that step already. */
    async finish(id: string, { step, status }: { step: 'charge' | 'reverse'; status: OrderStatus }) {
      const { count } = await current().order.updateMany({
        where: { id, step },
        data: { status, step: 'done', nextAttemptAt: null, parkedReason: null },
      });
      return count === 0 ? undefined : effectsOf(id);
    },

    /** @returns what the order was, or undefined where there is nothing to cancel (any more). */
    async cancel(
      id: string,
      leaseMs: number,
    ): Promise<(OrderEffects & { was: 'pending' | 'confirmed' }) | undefined> {
      const [before] = await current().$queryRaw<{ was: 'pending' | 'confirmed' }[]>`
        UPDATE orders SET status = 'cancelled', step = 'reverse', attempt = 1, parked_reason = NULL,
                          next_attempt_at = now() + ${leaseMs}::int * interval '1 ms'
        FROM (SELECT id, status FROM orders WHERE id = ${id}::uuid FOR UPDATE) AS before
        WHERE orders.id = before.id AND before.status IN ('pending', 'confirmed')
        RETURNING before.status::text AS was`;
      return before && { ...(await effectsOf(id)), ...before };
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
