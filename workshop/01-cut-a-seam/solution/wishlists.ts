// The wishlists: what each customer would like to have. The module's only front door.
import { notFound } from '#platform/errors.ts';
import type { Money } from '#platform/money.ts';
import type { Offers } from './ports.ts';
import type { WishlistsRepository } from './repository.ts';

export interface Wish {
  readonly productId: string;
  readonly name: string;
  /** Today's. */
  readonly price: Money;
}

export type Wishlists = ReturnType<typeof createWishlists>;

export function createWishlists(repository: WishlistsRepository, offers: Offers) {
  return {
    /** A wish that is repeated moves to the top. @throws {ShopError} `not_found` for a product that is not for sale. */
    async addWish(customerId: string, productId: string): Promise<void> {
      // Where the foreign key was: a product is archived, never deleted, so what is found here stays.
      if ((await offers.offersOf([productId])).length === 0) throw notFound('product', productId);
      await repository.putWish(customerId, productId);
    },

    /** The latest first, without products that have been archived since. */
    async listWishes(customerId: string): Promise<readonly Wish[]> {
      const productIds = await repository.listProductIds(customerId);
      const found = await offers.offersOf(productIds);
      const offerOf = new Map(found.map((offer) => [offer.productId, offer]));
      // In the order of the wishes: a port promises none.
      return productIds.flatMap((productId) => offerOf.get(productId) ?? []);
    },
  };
}
