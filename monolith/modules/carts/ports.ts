// What the carts need of the rest of the shop, in their own words.
import type { Money } from '#platform/money.ts';

export interface PricedProduct {
  readonly productId: string;
  readonly name: string;
  readonly unitPrice: Money;
}

/** What is for sale, and at which price today. */
export interface PriceList {
  /** Of the given products those that are for sale, in any order: one question, however many they are. */
  pricesOf(productIds: readonly string[]): Promise<readonly PricedProduct[]>;
}
