// The stock's table. A product without a row has none in the warehouse. The only file of the module that knows Prisma.
import type { MonolithDatabase } from '../../database.ts';
import type { Quantity, Stock } from './inventory.ts';

export type InventoryRepository = ReturnType<typeof createInventoryRepository>;

interface StockRow {
  readonly onHand: number;
  readonly reserved: number;
}

const NONE: StockRow = { onHand: 0, reserved: 0 };

export function createInventoryRepository({ current, inTransaction }: MonolithDatabase) {
  /**
   * Locks the lines' rows in the order of their products, so that carts with the same products never wait for each
   * other in a circle. A statement of its own: one that locks and changes the same rows can deadlock with itself run
   * twice, since it changes what it saw before it waited.
   * @returns how many of each can be sold, now that nobody else changes it.
   */
  async function lock(lines: readonly Quantity[]): Promise<ReadonlyMap<string, number>> {
    const { ids } = columnsOf(lines);
    const rows = await current().$queryRaw<{ productId: string; available: number }[]>`
      SELECT product_id AS "productId", on_hand - reserved AS available
      FROM stock WHERE product_id = ANY (${ids}::uuid[]) ORDER BY product_id FOR NO KEY UPDATE`;
    return new Map(rows.map(({ productId, available }) => [productId, available]));
  }

  async function lockRow(productId: string): Promise<StockRow | undefined> {
    const [row] = await current().$queryRaw<StockRow[]>`
      SELECT on_hand AS "onHand", reserved FROM stock WHERE product_id = ${productId}::uuid FOR NO KEY UPDATE`;
    return row;
  }

  /** The row of a product that has none yet, locked; of two that add it at once, the second waits for the first. */
  async function addRow(productId: string): Promise<StockRow> {
    await current().$executeRaw`
      INSERT INTO stock (product_id) VALUES (${productId}::uuid) ON CONFLICT DO NOTHING`;
    return (await lockRow(productId)) ?? NONE;
  }

  async function add(lines: readonly Quantity[], times: Times): Promise<void> {
    const { ids, quantities } = columnsOf(lines);
    await current().$executeRaw`
      UPDATE stock s SET on_hand = s.on_hand + ${times.onHand}::int * line.quantity,
                         reserved = s.reserved + ${times.reserved}::int * line.quantity
      FROM unnest(${ids}::uuid[], ${quantities}::int[]) AS line (id, quantity) WHERE s.product_id = line.id`;
  }

  return {
    async findStock(productId: string): Promise<Stock> {
      const [row] = await current().$queryRaw<StockRow[]>`
        SELECT on_hand AS "onHand", reserved FROM stock WHERE product_id = ${productId}::uuid`;
      return toStock(productId, row);
    },

    /** Where more is reserved, nothing is changed. @returns the stock as it is then. */
    async setOnHand(productId: string, onHand: number): Promise<Stock> {
      return inTransaction(async () => {
        const row = (await lockRow(productId)) ?? (await addRow(productId));
        if (row.reserved > onHand) return toStock(productId, row);
        await current().$executeRaw`
          UPDATE stock SET on_hand = ${onHand}::int WHERE product_id = ${productId}::uuid`;
        return toStock(productId, { ...row, onHand });
      });
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

const toStock = (productId: string, { onHand, reserved }: StockRow = NONE): Stock => ({
  productId,
  onHand,
  reserved,
  available: onHand - reserved,
});
