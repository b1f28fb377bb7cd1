// The wishlists' table, and the products beside it.
import type { Database } from '../ground.ts';
import type { Wish } from './wishlists.ts';

export type WishlistsRepository = ReturnType<typeof createWishlistsRepository>;

interface WishRow {
  readonly product_id: string;
  readonly name: string;
  readonly price_amount: number;
  readonly price_currency: string;
}

export function createWishlistsRepository({ query }: Database) {
  return {
    /** @returns false where no such product is for sale. */
    async putWish(customerId: string, productId: string): Promise<boolean> {
      const rows = await query(
        `INSERT INTO wishlists.wishes (customer_id, product_id)
         SELECT $1, id FROM catalog.products WHERE id = $2 AND archived_at IS NULL
         ON CONFLICT (customer_id, product_id) DO UPDATE SET wished_at = EXCLUDED.wished_at
         RETURNING product_id`,
        [customerId, productId],
      );
      return rows.length === 1;
    },

    async listWishes(customerId: string): Promise<readonly Wish[]> {
      const rows = await query<WishRow>(
        `SELECT product_id, name, price_amount, price_currency
         FROM wishlists.wishes JOIN catalog.products ON id = product_id
         WHERE customer_id = $1 AND archived_at IS NULL
         ORDER BY wished_at DESC`,
        [customerId],
      );
      return rows.map(({ product_id, name, price_amount, price_currency }) => ({
        productId: product_id,
        name,
        price: { amount: price_amount, currency: price_currency },
      }));
    },
  };
}
