// The customers' carts, by the module in the same process: it takes part in the caller's transaction.
import type { Carts } from '../../carts/carts.ts';
import type { CustomersCart } from '../ports.ts';

export function createLocalCarts(carts: Carts): CustomersCart {
  return {
    takeCart: (customerId) => carts.takeCart(customerId),
    putBack: (customerId, lines) => carts.putBack(customerId, lines),
  };
}
