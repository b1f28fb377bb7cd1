// The wishlists' offers, by the catalog in the same process.
import type { Catalog } from '../../../../monolith/modules/catalog/catalog.ts';
import type { Offers } from '../ports.ts';

export function createLocalOffers(catalog: Catalog): Offers {
  return {
    async offersOf(productIds) {
      const found = await catalog.getProducts(productIds);
      return found.map(({ product: { id, name, price } }) => ({ productId: id, name, price }));
    },
  };
}
