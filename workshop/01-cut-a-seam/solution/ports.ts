// What the wishlists need of the rest of the shop, in their own words.
import type { Money } from '#platform/money.ts';

export interface Offer {
  readonly productId: string;
  readonly name: string;
  readonly price: Money;
}

/** What is for sale today. */
export interface Offers {
  /** Of the given products those that are for sale, in any order: one question, however many they are. */
  offersOf(productIds: readonly string[]): Promise<readonly Offer[]>;
}
