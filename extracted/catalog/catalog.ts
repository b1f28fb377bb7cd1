// The catalog: what the shop sells, in which category, at what price. The module's only front door.
import { notFound, ShopError } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';
import type { Money } from '#platform/money.ts';
import type { CatalogRepository } from './repository.ts';

export interface Product {
  readonly id: string;
  readonly sku: string;
  readonly name: string;
  readonly description: string;
  /** The category's slug. */
  readonly category: string;
  readonly price: Money;
}

/** A product and the number of its version, which grows with each change. */
export interface VersionedProduct {
  readonly product: Product;
  readonly version: number;
}

export interface Category {
  readonly slug: string;
  readonly name: string;
}

export const PRODUCT_ORDERS = ['newest', 'name', 'price', '-price', 'relevance'] as const;
export type ProductOrder = (typeof PRODUCT_ORDERS)[number];

export interface ProductQuery {
  /** Words that name and description must contain. */
  readonly words?: string | undefined;
  readonly category?: string | undefined;
  /** Minor units, inclusive. */
  readonly minPrice?: number | undefined;
  readonly maxPrice?: number | undefined;
  readonly order: ProductOrder;
}

/** Where a page ended: the sort key of its last row, whatever the order is. */
export interface ProductPosition {
  readonly key: string | number;
  readonly id: string;
}

export interface ProductPage {
  readonly products: readonly VersionedProduct[];
  /** Undefined on the last page. */
  readonly next: ProductPosition | undefined;
}

export type ProductDraft = Omit<Product, 'id'>;

export type Catalog = ReturnType<typeof createCatalog>;

export function createCatalog(repository: CatalogRepository) {
  return {
    /** @throws {ShopError} `not_found`, also for an archived product. */
    async getProduct(id: string): Promise<VersionedProduct> {
      const found = await repository.findProduct(id);
      if (found === undefined) throw notFound('product', id);
      return found;
    },

    /** Those of the given products that are for sale, in any order: one question, however many they are. */
    async getProducts(ids: readonly string[]): Promise<readonly VersionedProduct[]> {
      return ids.length === 0 ? [] : repository.findProducts(ids);
    },

    /** A page of the products that are for sale, after a position or from the beginning. */
    async listProducts(query: ProductQuery, pageSize: number, after?: ProductPosition): Promise<ProductPage> {
      return repository.listProducts(query, pageSize, after);
    },

    async listCategories(): Promise<readonly Category[]> {
      return repository.listCategories();
    },

    /** @throws {ShopError} `sku_taken`, `unknown_category`. */
    async createProduct(draft: ProductDraft): Promise<VersionedProduct> {
      await requireCategory(draft.category);
      const product = { id: newId(), ...draft };
      if (!(await repository.insertProduct(product))) throw skuTaken(draft.sku);
      return { product, version: 1 };
    },

    /**
     * Changes the given fields.
     * @param expectedVersion refuses the change if somebody else's came first; without it the last one wins.
     * @throws {ShopError} `not_found`, `sku_taken`, `unknown_category`, `version_mismatch`.
     */
    async updateProduct(
      id: string,
      changes: Partial<ProductDraft>,
      expectedVersion?: number,
    ): Promise<VersionedProduct> {
      if (changes.category !== undefined) await requireCategory(changes.category);
      const outcome = await repository.updateProduct(id, changes, expectedVersion);
      if (outcome === 'sku_taken') throw skuTaken(changes.sku ?? '');
      if (outcome === 'missed') {
        const { version } = await this.getProduct(id);
        throw new ShopError(
          'precondition_failed',
          'version_mismatch',
          `The product is at version ${version} by now.`,
        );
      }
      return outcome;
    },

    /** Takes a product off sale. It stays in the table, since others keep its id. @throws {ShopError} `not_found`. */
    async archiveProduct(id: string): Promise<void> {
      if (!(await repository.archiveProduct(id))) throw notFound('product', id);
    },
  };

  async function requireCategory(slug: string): Promise<void> {
    if (await repository.hasCategory(slug)) return;
    throw new ShopError('invalid_argument', 'unknown_category', `There is no category ${slug}.`);
  }
}

const skuTaken = (sku: string) =>
  new ShopError('conflict', 'sku_taken', `Another product has the SKU ${sku}.`);
