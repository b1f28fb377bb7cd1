// The carts' price list, by the catalog in the same process: it takes part in the caller's transaction.
import type { Catalog } from '../../catalog/catalog.ts';
import type { PriceList } from '../ports.ts';

export function createLocalPriceList(catalog: Catalog): PriceList {
  return {
    async pricesOf(productIds) {
      const products = await catalog.getProducts(productIds);
      return products.map(({ product: { id, name, price } }) => ({ productId: id, name, unitPrice: price }));
    },
  };
}
