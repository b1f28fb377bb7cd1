// What each customer has bought in the year before the base date: orders at rest, their lines and their payments.
import type { Address } from './addresses.ts';
import type { SeedCustomers } from './customers.ts';
import { createDice, type Dice } from './dice.ts';
import type { SeedProduct, SeedProducts } from './products.ts';
import { BASE_DATE, DAY, idAt, YEAR } from './timeline.ts';

export interface SeedOrder {
  readonly id: string;
  readonly customerId: string;
  readonly status: 'confirmed' | 'cancelled' | 'failed';
  readonly lines: readonly SeedLine[];
  /** Minor units. */
  readonly total: number;
  readonly shippingAddress: Address;
  readonly payment: SeedPayment;
  /** Milliseconds since 1970. */
  readonly placedAt: number;
}

export interface SeedLine {
  readonly product: SeedProduct;
  readonly quantity: number;
}

export interface SeedPayment {
  readonly token: 'tok_ok' | 'tok_declined';
  readonly status: 'captured' | 'refunded' | 'declined';
  /** Milliseconds since 1970. */
  readonly updatedAt: number;
}

/** How many customers in a hundred have 0, 1, 2, … orders: three on average. */
const ORDERS_PER_CUSTOMER = [8, 14, 20, 22, 16, 10, 5, 3, 2];
const MAX_ORDERS = ORDERS_PER_CUSTOMER.length - 1;
/** Whoever signs in as the demo customer is to find something. */
const DEMO_ORDERS = 5;

const FAILED = 0.06;
const CANCELLED = 0.08;

export interface SeedHistory {
  /** All orders, customer by customer, the older first; made anew at each call. */
  orders(): Generator<SeedOrder>;
}

export function createHistory(seed: number, customers: SeedCustomers, products: SeedProducts): SeedHistory {
  function* ordersOf(customer: number): Generator<SeedOrder> {
    const { id: customerId, createdAt } = customers.at(customer);
    const shippingAddress = customers.addressOf(customer);
    const dice = createDice(seed, 'orders', customer);
    const begin = Math.max(createdAt, BASE_DATE - YEAR);
    const count = customer === 0 ? DEMO_ORDERS : weighted(ORDERS_PER_CUSTOMER, dice);
    const moments = Array.from({ length: count }, () => dice.between(begin + 1, BASE_DATE - DAY));

    for (const [rank, placedAt] of moments.sort((a, b) => a - b).entries()) {
      const serial = customer * MAX_ORDERS + rank;
      const orderDice = createDice(seed, 'orderIds', serial);
      const id = idAt(placedAt, orderDice, serial);
      const { status, payment } = outcome(placedAt, orderDice);
      const lines = linesOf(products, placedAt, orderDice);
      if (lines.length === 0) continue;
      yield {
        id,
        customerId,
        status,
        payment,
        lines,
        total: lines.reduce((sum, { product, quantity }) => sum + product.price * quantity, 0),
        shippingAddress,
        placedAt,
      };
    }
  }

  return {
    *orders() {
      for (let customer = 0; customer < customers.count; customer += 1) yield* ordersOf(customer);
    },
  };
}

function linesOf(products: SeedProducts, moment: number, dice: Dice): readonly SeedLine[] {
  const onSale = products.onSaleAt(moment);
  const lines = new Map<number, SeedLine>();
  const wanted = Math.min(dice.between(1, 5), onSale);
  while (lines.size < wanted) {
    const index = dice.below(onSale);
    const product = products.at(index);
    // Cheap things are bought in twos and threes.
    const quantity = product.price < 3_000 && dice.chance(0.4) ? dice.between(2, 4) : 1;
    lines.set(index, { product, quantity });
  }
  return [...lines.values()];
}

function outcome(placedAt: number, dice: Dice): Pick<SeedOrder, 'status' | 'payment'> {
  const paidAt = placedAt + dice.between(300, 2_500);
  const luck = dice.fraction();
  if (luck < FAILED) {
    return { status: 'failed', payment: { token: 'tok_declined', status: 'declined', updatedAt: paidAt } };
  }
  if (luck < FAILED + CANCELLED) {
    const updatedAt = paidAt + dice.below(DAY / 2);
    return { status: 'cancelled', payment: { token: 'tok_ok', status: 'refunded', updatedAt } };
  }
  return { status: 'confirmed', payment: { token: 'tok_ok', status: 'captured', updatedAt: paidAt } };
}

function weighted(weights: readonly number[], dice: Dice): number {
  let left = dice.below(weights.reduce((sum, weight) => sum + weight, 0));
  return weights.findIndex((weight) => (left -= weight) < 0);
}
