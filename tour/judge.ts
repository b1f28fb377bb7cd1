// Holds the shop to what it has told its customers, and the payment provider's ledger to what they were asked for.
import type { Promised } from './told.ts';

/** What is there in the end. */
export interface End {
  /** By id; none for a product that is not to be had. */
  readonly products: ReadonlyMap<string, { readonly version: number; readonly amount: number }>;
  /** By customer: all of their orders. */
  readonly orders: ReadonlyMap<number, readonly EndOrder[]>;
  readonly ledger: readonly { readonly type: string; readonly key: string }[];
  /** Rows of the catalog that are not the same on both sides. */
  readonly differing: number;
}

export interface EndOrder {
  readonly id: string;
  readonly status: string;
  readonly items: readonly { readonly productId: string; readonly quantity: number }[];
}

export interface Judgement {
  /** Acknowledged, and not there. */
  readonly lost: number;
  /** There, and more often than acknowledged. */
  readonly duplicated: number;
  /** Orders whose money was taken more than once. */
  readonly chargedTwice: number;
  /** Pieces that were sold, and never there. */
  readonly oversold: number;
  /** One line for each kind of finding, with the first of them. */
  readonly findings: readonly string[];
}

export function judge({ own, scarce, orders }: Promised, end: End): Judgement {
  const [lost, duplicated, chargedTwice, oversold] = [find(), find(), find(), find()];
  for (const { id, version, amount, certain } of own) {
    const found = end.products.get(id);
    if (found === undefined) lost.add(1, `product ${id} is gone`);
    else if (certain) {
      if (found.version < version) lost.add(version - found.version, `product ${id}, version ${version}`);
      if (found.version > version) duplicated.add(found.version - version, `product ${id}`);
      if (found.version === version && found.amount !== amount) lost.add(1, `product ${id} costs otherwise`);
    }
  }
  for (const { id } of scarce) if (!end.products.has(id)) lost.add(1, `product ${id} is gone`);
  if (end.differing > 0) lost.add(end.differing, 'rows that are not the same on both sides');

  const sold = new Map<string, number>();
  for (const [customer, told] of orders) {
    const found = end.orders.get(customer) ?? [];
    for (const id of told) if (!found.some((order) => order.id === id)) lost.add(1, `order ${id}`);
    for (const { id, status, items } of found) {
      if (!told.includes(id) && status !== 'failed') duplicated.add(1, `order ${id}`);
      const charges = end.ledger.filter((entry) => entry.key === id && entry.type === 'charge').length;
      const refunds = end.ledger.filter((entry) => entry.key === id && entry.type === 'refund').length;
      const due = status === 'confirmed' ? 1 : 0;
      if (charges - refunds > due) chargedTwice.add(charges - refunds - due, `order ${id}, ${status}`);
      if (charges - refunds < due) lost.add(1, `the money of order ${id}`);
      if (status !== 'confirmed') continue;
      for (const { productId, quantity } of items) sold.set(productId, (sold.get(productId) ?? 0) + quantity);
    }
  }
  for (const { id, units } of scarce) {
    const over = (sold.get(id) ?? 0) - units;
    if (over > 0) oversold.add(over, `product ${id}`);
  }
  return {
    lost: lost.count(),
    duplicated: duplicated.count(),
    chargedTwice: chargedTwice.count(),
    oversold: oversold.count(),
    findings: Object.entries({ lost, duplicated, 'charged twice': chargedTwice, oversold }).flatMap(
      ([kind, { count, first }]) => (count() === 0 ? [] : [`${count()} ${kind}: ${first()}`]),
    ),
  };
}

function find() {
  let [count, first] = [0, ''];
  return {
    add(more: number, what: string) {
      if (count === 0) first = what;
      count += more;
    },
    count: () => count,
    first: () => first,
  };
}
