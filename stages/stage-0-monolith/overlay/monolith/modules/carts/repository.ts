// The carts' table. The only file of the module that knows Prisma.
import type { MonolithDatabase } from '../../database.ts';

export type CartsRepository = ReturnType<typeof createCartsRepository>;

export function createCartsRepository({ current }: MonolithDatabase) {
  return {
    async put(customerId: string, productId: string, quantity: number): Promise<void> {
      // Not Prisma's upsert: that reads first, and of two at once one would fail.
      await current().$executeRaw`
        INSERT INTO cart_items (customer_id, product_id, quantity)
        VALUES (${customerId}::uuid, ${productId}::uuid, ${quantity}::int)
        ON CONFLICT (customer_id, product_id) DO UPDATE SET quantity = excluded.quantity`;
    },

    async putIfAbsent(
      customerId: string,
      lines: readonly { productId: string; quantity: number }[],
    ): Promise<void> {
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
