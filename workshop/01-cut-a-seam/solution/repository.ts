// The wishlists' table, and nothing else.
import type { Database } from '../ground.ts';

export type WishlistsRepository = ReturnType<typeof createWishlistsRepository>;

export function createWishlistsRepository({ query }: Database) {
  return {
    async putWish(customerId: string, productId: string): Promise<void> {
      await query(
        `INSERT INTO wishlists.wishes (customer_id, product_id) VALUES ($1, $2)
         ON CONFLICT (customer_id, product_id) DO UPDATE SET wished_at = EXCLUDED.wished_at`,
        [customerId, productId],
      );
    },

    /** The latest first. */
    async listProductIds(customerId: string): Promise<readonly string[]> {
      const rows = await query<{ product_id: string }>(
        'SELECT product_id FROM wishlists.wishes WHERE customer_id = $1 ORDER BY wished_at DESC',
        [customerId],
      );
      return rows.map(({ product_id }) => product_id);
    },
  };
}
