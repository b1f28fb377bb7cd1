// The carts: what each customer is about to buy, at today's prices. The module's only front door.
import { notFound, ShopError } from '#platform/errors.ts';
import type { Money } from '#platform/money.ts';
import type { MonolithDatabase } from '../../database.ts';
import type { PriceList } from './ports.ts';
import type { CartItem, CartsRepository } from './repository.ts';

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
  readonly priceList: PriceList;
  readonly currency: string;
}

export function createCarts({ inTransaction, repository, priceList, currency }: CartsDependencies) {
  /** The items at today's prices, without those that are sold no more. */
  async function priced(items: readonly CartItem[]): Promise<Cart> {
    const products = await priceList.pricesOf(items.map(({ productId }) => productId));
    const priceOf = new Map(products.map((product) => [product.productId, product]));
    const lines = items.flatMap(({ productId, quantity }) => {
      const product = priceOf.get(productId);
      return product === undefined ? [] : [{ ...product, quantity }];
    });
    const amount = lines.reduce((sum, { unitPrice, quantity }) => sum + unitPrice.amount * quantity, 0);
    return { items: lines, total: { amount, currency } };
  }

  /** Products that are sold no more take no place. */
  async function isFull(otherProductIds: readonly string[]): Promise<boolean> {
    if (otherProductIds.length < MAX_LINES) return false;
    return (await priceList.pricesOf(otherProductIds)).length >= MAX_LINES;
  }

  return {
    /** Without products that have been archived since. */
    async getCart(customerId: string): Promise<Cart> {
      return priced(await repository.list(customerId));
    },

    /** @throws {ShopError} `not_found` for a product that is not for sale; `cart_full`. */
    async putItem(customerId: string, productId: string, quantity: number): Promise<Cart> {
      if ((await priceList.pricesOf([productId])).length === 0) throw notFound('product', productId);
      await inTransaction(async () => {
        // Two that add the last product that fits must not count at the same time.
        await repository.lock(customerId);
        if (await isFull(await repository.listOthers(customerId, productId))) {
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
      return priced(await repository.take(customerId));
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
