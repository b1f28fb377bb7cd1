// The stock, which at this stage is two columns of the products table. The only file of the module that knows Prisma.
import type { MonolithDatabase } from '../../database.ts';
import type { Stock } from './inventory.ts';

export type InventoryRepository = ReturnType<typeof createInventoryRepository>;

interface StockRow {
  readonly id: string;
  readonly onHand: number;
  readonly reserved: number;
}

const COLUMNS = { id: true, onHand: true, reserved: true } as const;

export function createInventoryRepository({ current }: MonolithDatabase) {
  return {
    async findStock(productId: string): Promise<Stock | undefined> {
      const row = await current().product.findFirst({
        where: { id: productId, archivedAt: null },
        select: COLUMNS,
      });
      return row === null ? undefined : toStock(row);
    },

    /** @returns undefined where there is no such product for sale, or where more is reserved. */
    async setOnHand(productId: string, onHand: number): Promise<Stock | undefined> {
      const [row] = await current().product.updateManyAndReturn({
        where: { id: productId, archivedAt: null, reserved: { lte: onHand } },
        data: { onHand },
        select: COLUMNS,
      });
      return row && toStock(row);
    },

    /** Reserves if that many are available, in one statement that no other can come between. */
    async reserve(productId: string, quantity: number): Promise<boolean> {
      const changed = await current().$executeRaw`
        UPDATE products SET reserved = reserved + ${quantity}::int
        WHERE id = ${productId}::uuid AND archived_at IS NULL AND on_hand - reserved >= ${quantity}::int`;
      return changed === 1;
    },

    async move(productId: string, by: { readonly onHand: number; readonly reserved: number }): Promise<void> {
      await current().product.update({
        where: { id: productId },
        data: { onHand: { increment: by.onHand }, reserved: { increment: by.reserved } },
        select: { id: true },
      });
    },
  };
}

const toStock = ({ id, onHand, reserved }: StockRow): Stock => ({
  productId: id,
  onHand,
  reserved,
  available: onHand - reserved,
});
