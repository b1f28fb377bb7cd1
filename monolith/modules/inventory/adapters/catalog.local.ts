// The inventory's assortment, by the catalog in the same process: it takes part in the caller's transaction.
import type { Catalog } from '../../catalog/catalog.ts';
import type { Assortment } from '../ports.ts';

export function createLocalAssortment(catalog: Catalog): Assortment {
  return {
    isForSale: async (productId) => (await catalog.getProducts([productId])).length === 1,
  };
}
