// What a few customers have put into their carts and not yet bought.
import type { SeedCustomers } from './customers.ts';
import { createDice } from './dice.ts';
import type { SeedProducts } from './products.ts';
import { BASE_DATE, HOUR, MINUTE } from './timeline.ts';

export interface SeedCartItem {
  readonly customerId: string;
  readonly productId: string;
  readonly quantity: number;
  /** Milliseconds since 1970. */
  readonly addedAt: number;
}

const WITH_A_CART = 0.05;

/** The demo customer's cart stays empty: whoever tries the shop out is to buy what they have chosen themselves. */
export function* cartItems(
  seed: number,
  customers: SeedCustomers,
  products: SeedProducts,
): Generator<SeedCartItem> {
  for (let customer = 1; customer < customers.count; customer += 1) {
    const dice = createDice(seed, 'carts', customer);
    if (!dice.chance(WITH_A_CART)) continue;
    const begun = BASE_DATE - dice.between(1, 7 * 24) * HOUR;
    const onSale = products.onSaleAt(begun);
    const chosen = new Set(Array.from({ length: Math.min(3, onSale) }, () => dice.below(onSale)));
    for (const [rank, index] of [...chosen].entries()) {
      const product = products.at(index);
      const quantity = dice.between(1, 3);
      if (quantity > product.onHand) continue;
      yield {
        customerId: customers.at(customer).id,
        productId: product.id,
        quantity,
        addedAt: begun + rank * MINUTE,
      };
    }
  }
}
