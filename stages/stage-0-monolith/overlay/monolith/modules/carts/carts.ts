// The carts: what each customer is about to buy, at today's prices. The module's only front door.
import { notFound, ShopError } from '#platform/errors.ts';
import type { CartLineRow, CrossModuleQueries } from '../../cross-module-queries.ts';
import type { Money } from '#platform/money.ts';
import type { MonolithDatabase } from '../../database.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { CartsRepository } from './repository.ts';

export interface CartLine {
  readonly productId: string;
  readonly name: string;
  readonly unitPrice: Money;
  readonly quantity: number;
}

export interface Cart {
  readonly items: readonly CartLine[];
  readonly total: Money;
}

/** As many different products as one cart may hold. */
export const MAX_LINES = 100;

export type Carts = ReturnType<typeof createCarts>;

export interface CartsDependencies {
  readonly inTransaction: MonolithDatabase['inTransaction'];
  readonly repository: CartsRepository;
  readonly queries: CrossModuleQueries;
  readonly catalog: Catalog;
  readonly currency: string;
}

export function createCarts({ inTransaction, repository, queries, catalog, currency }: CartsDependencies) {
  return {
    /** Without products that have been archived since. */
    async getCart(customerId: string): Promise<Cart> {
      return toCart(await queries.cartLines(customerId), currency);
    },

    /** @throws {ShopError} `not_found` for a product that is not for sale; `cart_full`. */
    async putItem(customerId: string, productId: string, quantity: number): Promise<Cart> {
      await catalog.getProduct(productId);
      await inTransaction(async () => {
        // Two that add the last product that fits must not count at the same time.
        await queries.lockCart(customerId);
        if ((await queries.countOtherCartLines(customerId, productId)) >= MAX_LINES) {
          throw new ShopError(
            'conflict',
            'cart_full',
            `A cart holds at most ${MAX_LINES} different products.`,
          );
        }
        await repository.put(customerId, productId, quantity);
      });
      return this.getCart(customerId);
    },

    /** @throws {ShopError} `not_found` where the product is not in the cart. */
    async removeItem(customerId: string, productId: string): Promise<Cart> {
      if (!(await repository.remove(customerId, productId))) throw notFound('product in the cart', productId);
      return this.getCart(customerId);
    },

    /** Empties the cart for an order; of two calls at once only one gets the lines. */
    async takeCart(customerId: string): Promise<Cart> {
      return toCart(await queries.takeCartLines(customerId), currency);
    },

    /** Puts the lines of an order that failed back, unless the customer has put the product there again. */
    async putBack(
      customerId: string,
      lines: readonly { productId: string; quantity: number }[],
    ): Promise<void> {
      await repository.putIfAbsent(customerId, lines);
    },
  };
}

function toCart(rows: readonly CartLineRow[], currency: string): Cart {
  const items = rows
    .filter((row) => !row.archived)
    .map((row) => ({
      productId: row.productId,
      name: row.name,
      unitPrice: { amount: row.unitAmount, currency: row.currency },
      quantity: row.quantity,
    }));
  const amount = items.reduce((sum, { unitPrice, quantity }) => sum + unitPrice.amount * quantity, 0);
  return { items, total: { amount, currency } };
}
