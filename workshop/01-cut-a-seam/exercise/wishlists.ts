// The wishlists: what each customer would like to have. The module's only front door.
import { notFound } from '#platform/errors.ts';
import type { Money } from '#platform/money.ts';
import type { WishlistsRepository } from './repository.ts';

export interface Wish {
  readonly productId: string;
  readonly name: string;
  /** Today's. */
  readonly price: Money;
}

export type Wishlists = ReturnType<typeof createWishlists>;

export function createWishlists(repository: WishlistsRepository) {
  return {
    /** A wish that is repeated moves to the top. @throws {ShopError} `not_found` for a product that is not for sale. */
    async addWish(customerId: string, productId: string): Promise<void> {
      if (!(await repository.putWish(customerId, productId))) throw notFound('product', productId);
    },

    /** The latest first, without products that have been archived since. */
    async listWishes(customerId: string): Promise<readonly Wish[]> {
      return repository.listWishes(customerId);
    },
  };
}
