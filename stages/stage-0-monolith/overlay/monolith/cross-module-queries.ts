// Every query that joins the tables of two modules, in one place: what a monolith on one database gets for free,
// and the list of what stage 1 has to cut.
import { Prisma } from '../generated/prisma/monolith/client.ts';
import type { MonolithDatabase } from './database.ts';
import type { OrderStatus, PaymentStatus } from '../generated/prisma/monolith/enums.ts';

/** carts ⋈ catalog */
export interface CartLineRow {
  readonly productId: string;
  readonly name: string;
  readonly unitAmount: number;
  readonly currency: string;
  readonly quantity: number;
  readonly archived: boolean;
}

/** orders ⋈ payments */
export interface OrderRow {
  readonly id: string;
  readonly status: OrderStatus;
  readonly totalAmount: bigint;
  readonly totalCurrency: string;
  readonly placedAt: Date;
  readonly items: readonly { productId: string; name: string; unitAmount: number; quantity: number }[];
  readonly paymentStatus: PaymentStatus;
}

export type CrossModuleQueries = ReturnType<typeof createCrossModuleQueries>;

/** In one round trip, where Prisma would read one table after the other. */
const ORDERS_WITH_PAYMENTS = Prisma.sql`
  SELECT o.id, o.status::text AS status, o.total_amount AS "totalAmount", o.total_currency AS "totalCurrency",
         o.placed_at AS "placedAt", p.status::text AS "paymentStatus",
         (SELECT json_agg(json_build_object('productId', i.product_id, 'name', i.name,
                                            'unitAmount', i.unit_amount, 'quantity', i.quantity) ORDER BY i.line)
          FROM order_items i WHERE i.order_id = o.id) AS items
  FROM orders o JOIN payments p ON p.order_id = o.id`;

export function createCrossModuleQueries({ current }: MonolithDatabase) {
  return {
    /** The lines of a customer's cart with today's names and prices, in the order in which they were added. */
    async cartLines(customerId: string): Promise<readonly CartLineRow[]> {
      return current().$queryRaw<CartLineRow[]>`
        SELECT c.product_id AS "productId", p.name, p.price_amount AS "unitAmount", p.price_currency AS currency,
               c.quantity, p.archived_at IS NOT NULL AS archived
        FROM cart_items c JOIN products p ON p.id = c.product_id
        WHERE c.customer_id = ${customerId}::uuid
        ORDER BY c.added_at, c.product_id`;
    },

    /**
     * Until the transaction ends, nobody else who locks this cart goes on. What is locked is the customer's row: the
     * cart's own rows come and go, and two that lock what they see of them can wait for each other in a circle.
     */
    async lockCart(customerId: string): Promise<void> {
      await current().$queryRaw`SELECT FROM customers WHERE id = ${customerId}::uuid FOR NO KEY UPDATE`;
    },

    /** How many products for sale, other than the given one, are in a cart. */
    async countOtherCartLines(customerId: string, productId: string): Promise<number> {
      return current().cartItem.count({
        where: { customerId, productId: { not: productId }, product: { archivedAt: null } },
      });
    },

    /** Empties a cart and tells what was in it; of two calls at once, one gets each line. */
    async takeCartLines(customerId: string): Promise<readonly CartLineRow[]> {
      return current().$queryRaw<CartLineRow[]>`
        WITH taken AS (
          DELETE FROM cart_items c USING products p
          WHERE c.customer_id = ${customerId}::uuid AND p.id = c.product_id
          RETURNING c.product_id AS "productId", p.name, p.price_amount AS "unitAmount", p.price_currency AS currency,
                    c.quantity, p.archived_at IS NOT NULL AS archived, c.added_at
        )
        SELECT "productId", name, "unitAmount", currency, quantity, archived FROM taken ORDER BY added_at, "productId"`;
    },

    /** One order of a customer, or undefined where it is not theirs. */
    async findOrder(customerId: string, id: string): Promise<OrderRow | undefined> {
      const [row] = await current().$queryRaw<OrderRow[]>`
        ${ORDERS_WITH_PAYMENTS} WHERE o.id = ${id}::uuid AND o.customer_id = ${customerId}::uuid`;
      return row;
    },

    /** A customer's orders, the newest first, after the one with the given id. */
    async listOrders(customerId: string, limit: number, after?: string): Promise<readonly OrderRow[]> {
      const before = after === undefined ? Prisma.empty : Prisma.sql`AND o.id < ${after}::uuid`;
      return current().$queryRaw<OrderRow[]>`
        ${ORDERS_WITH_PAYMENTS} WHERE o.customer_id = ${customerId}::uuid ${before}
        ORDER BY o.id DESC LIMIT ${limit}`;
    },
  };
}
