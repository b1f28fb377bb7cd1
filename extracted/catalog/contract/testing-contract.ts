// What every file of the contract suite stands on: one process of the catalog, its database, and a foreign client. The
// suite lies beside the service, since it judges this service's own contract (acceptance/ judges the shop's, which is REST,
// and knows of no service); it meets the service by gRPC and SQL alone, as it runs in production.
import { randomUUID } from 'node:crypto';
import type { Product, ProductDraft } from '../../../generated/protos/shop/catalog/v1/catalog.ts';
import {
  createCatalogDatabase,
  startCatalog,
  type CatalogDatabase,
  type CatalogProcess,
} from './testing-process.ts';
import { connectWire, type Wire } from './testing-wire.ts';

export interface Contract {
  readonly database: CatalogDatabase;
  readonly service: CatalogProcess;
  readonly wire: Wire;
  readonly create: (changes?: Partial<ProductDraft>) => Promise<Product>;
  readonly close: () => Promise<void>;
}

export async function openContract(settings: Readonly<Record<string, string>> = {}): Promise<Contract> {
  const database = await createCatalogDatabase(['coffee', 'tea', 'cups']);
  const service = await startCatalog(database.url, settings);
  const wire = connectWire(service.address);
  return {
    ...{ database, service, wire },
    create: async (changes) =>
      (await wire.call('createProduct', { product: draft(changes) })).product as Product,
    async close() {
      wire.close();
      await service.stop();
      await database.drop();
    },
  };
}

export const euros = (amount: number) => ({ amount: BigInt(amount), currency: 'EUR' });

export const newSku = () => randomUUID().toUpperCase();

export const draft = (changes: Partial<ProductDraft> = {}): ProductDraft => ({
  ...{ sku: newSku(), name: 'Kettle', description: 'Boils water.', category: 'tea', price: euros(1_250) },
  ...changes,
});

export const idsOf = (products: readonly Product[]): readonly string[] => products.map(({ id }) => id);

export const SERVICE = 'shop.catalog.v1.CatalogService';
