// The carts' tables. The only file of the module that knows Prisma.
import type { MonolithDatabase } from '../../database.ts';

export type CartsRepository = ReturnType<typeof createCartsRepository>;

export interface CartItem {
  readonly productId: string;
  readonly quantity: number;
}

export function createCartsRepository({ current }: MonolithDatabase) {
  return {
    /** In the order in which they were added. */
    async list(customerId: string): Promise<readonly CartItem[]> {
      return current().$queryRaw<CartItem[]>`
        SELECT product_id AS "productId", quantity FROM cart_items
        WHERE customer_id = ${customerId}::uuid ORDER BY added_at, product_id`;
    },

    /** The products in a cart, other than the given one. */
    async listOthers(customerId: string, productId: string): Promise<readonly string[]> {
      const rows = await current().$queryRaw<{ productId: string }[]>`
        SELECT product_id AS "productId" FROM cart_items
        WHERE customer_id = ${customerId}::uuid AND product_id <> ${productId}::uuid`;
      return rows.map((row) => row.productId);
    },

    /** Empties a cart and tells what was in it; of two calls at once, one gets each item. */
    async take(customerId: string): Promise<readonly CartItem[]> {
      return current().$queryRaw<CartItem[]>`
        WITH taken AS (
          DELETE FROM cart_items WHERE customer_id = ${customerId}::uuid RETURNING product_id, quantity, added_at
        )
        SELECT product_id AS "productId", quantity FROM taken ORDER BY added_at, product_id`;
    },

    /**
     * Until the transaction ends, nobody else who locks this cart goes on. What is locked is a row that every cart has
     * for that: its items come and go, and two that lock what they see of them can wait for each other in a circle.
     */
    async lock(customerId: string): Promise<void> {
      // A row in conflict is locked even where it is not updated.
      await current().$executeRaw`
        INSERT INTO carts (customer_id) VALUES (${customerId}::uuid)
        ON CONFLICT (customer_id) DO UPDATE SET customer_id = excluded.customer_id WHERE false`;
    },

    async put(customerId: string, productId: string, quantity: number): Promise<void> {
      // Not Prisma's upsert: that reads first, and of two at once one would fail.
      await current().$executeRaw`
        INSERT INTO cart_items (customer_id, product_id, quantity)
        VALUES (${customerId}::uuid, ${productId}::uuid, ${quantity}::int)
        ON CONFLICT (customer_id, product_id) DO UPDATE SET quantity = excluded.quantity`;
    },

    async putIfAbsent(customerId: string, lines: readonly CartItem[]): Promise<void> {
      await current().cartItem.createMany({
        data: lines.map(({ productId, quantity }) => ({ customerId, productId, quantity })),
        skipDuplicates: true,
      });
    },

    /** @returns whether it was there. */
    async remove(customerId: string, productId: string): Promise<boolean> {
      const { count } = await current().cartItem.deleteMany({ where: { customerId, productId } });
      return count === 1;
    },
  };
}
