// The stock, which at this stage is two columns of the products table. The only file of the module that knows Prisma.
import type { MonolithDatabase } from '../../database.ts';
import type { Quantity, Stock } from './inventory.ts';

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

    /**
     * Reserves every line or none, in one statement: its rows are locked in the order of their ids, so that carts
     * with the same products never wait for each other in a circle.
     * @returns a line that cannot be had, or undefined where all are reserved.
     */
    async reserve(lines: readonly Quantity[]): Promise<Quantity | undefined> {
      const { ids, quantities } = columnsOf(lines);
      const reserved = await current().$queryRaw<{ id: string }[]>`
        WITH line AS (SELECT * FROM unnest(${ids}::uuid[], ${quantities}::int[]) AS line (id, quantity)),
        enough AS (
          SELECT p.id, line.quantity FROM products p JOIN line USING (id)
          WHERE p.archived_at IS NULL AND p.on_hand - p.reserved >= line.quantity
          ORDER BY p.id FOR NO KEY UPDATE OF p
        )
        UPDATE products p SET reserved = p.reserved + enough.quantity FROM enough
        WHERE p.id = enough.id AND (SELECT count(*) FROM enough) = cardinality(${ids}::uuid[])
        RETURNING p.id`;
      if (reserved.length === lines.length) return undefined;
      return this.findMissing(lines);
    },

    /** The first line of which there is not enough; the first of all, should there be enough by now. */
    async findMissing(lines: readonly Quantity[]): Promise<Quantity | undefined> {
      for (const line of lines) {
        const stock = await this.findStock(line.productId);
        if (stock === undefined || stock.available < line.quantity) return line;
      }
      return lines[0];
    },

    /** Adds so many times each line's quantity, in the same order of locks. */
    async move(
      lines: readonly Quantity[],
      times: { readonly onHand: number; readonly reserved: number },
    ): Promise<void> {
      const { ids, quantities } = columnsOf(lines);
      await current().$executeRaw`
        WITH line AS (
          SELECT p.id, line.quantity FROM products p
          JOIN unnest(${ids}::uuid[], ${quantities}::int[]) AS line (id, quantity) USING (id)
          ORDER BY p.id FOR NO KEY UPDATE OF p
        )
        UPDATE products p SET on_hand = p.on_hand + ${times.onHand}::int * line.quantity,
                              reserved = p.reserved + ${times.reserved}::int * line.quantity
        FROM line WHERE p.id = line.id`;
    },
  };
}

const columnsOf = (lines: readonly Quantity[]) => ({
  ids: lines.map(({ productId }) => productId),
  quantities: lines.map(({ quantity }) => quantity),
});

const toStock = ({ id, onHand, reserved }: StockRow): Stock => ({
  productId: id,
  onHand,
  reserved,
  available: onHand - reserved,
});
