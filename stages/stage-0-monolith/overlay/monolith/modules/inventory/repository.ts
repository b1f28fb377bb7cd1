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

export function createInventoryRepository({ current, inTransaction }: MonolithDatabase) {
  /**
   * Locks the lines' products in the order of their ids, so that carts with the same products never wait for each
   * other in a circle. A statement of its own: one that locks and changes the same rows can deadlock with itself run
   * twice, since it changes what it saw before it waited.
   * @returns how many of each can be sold, now that nobody else changes it.
   */
  async function lock(lines: readonly Quantity[]): Promise<ReadonlyMap<string, number>> {
    const { ids } = columnsOf(lines);
    const rows = await current().$queryRaw<{ id: string; available: number }[]>`
      SELECT id, CASE WHEN archived_at IS NULL THEN on_hand - reserved ELSE 0 END AS available
      FROM products WHERE id = ANY (${ids}::uuid[]) ORDER BY id FOR NO KEY UPDATE`;
    return new Map(rows.map(({ id, available }) => [id, available]));
  }

  async function add(lines: readonly Quantity[], times: Times): Promise<void> {
    const { ids, quantities } = columnsOf(lines);
    await current().$executeRaw`
      UPDATE products p SET on_hand = p.on_hand + ${times.onHand}::int * line.quantity,
                            reserved = p.reserved + ${times.reserved}::int * line.quantity
      FROM unnest(${ids}::uuid[], ${quantities}::int[]) AS line (id, quantity) WHERE p.id = line.id`;
  }

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
     * Reserves every line, or none.
     * @returns a line that cannot be had, or undefined where all are reserved.
     */
    async reserve(lines: readonly Quantity[]): Promise<Quantity | undefined> {
      return inTransaction(async () => {
        const available = await lock(lines);
        const missing = lines.find(({ productId, quantity }) => (available.get(productId) ?? 0) < quantity);
        if (missing === undefined) await add(lines, { onHand: 0, reserved: 1 });
        return missing;
      });
    },

    /** Adds so many times each line's quantity. */
    async move(lines: readonly Quantity[], times: Times): Promise<void> {
      await inTransaction(async () => {
        await lock(lines);
        await add(lines, times);
      });
    },
  };
}

interface Times {
  readonly onHand: number;
  readonly reserved: number;
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
