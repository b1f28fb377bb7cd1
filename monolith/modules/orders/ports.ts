// What the orders need of the rest of the shop, in their own words.
//
// Each of these may be answered in this process, where it takes part in the transaction of the checkout, or by another
// one, where it can not.
import type { Money } from '#platform/money.ts';
import type { OrderLine, PaymentStatus } from './orders.ts';

export interface Units {
  readonly productId: string;
  readonly quantity: number;
}

export interface CustomersCart {
  /** Empties the cart, and tells what was in it at today's prices; of two calls at once only one gets the lines. */
  takeCart(customerId: string): Promise<{ readonly items: readonly OrderLine[]; readonly total: Money }>;
  /** Puts back what an order that failed had taken. */
  putBack(customerId: string, lines: readonly Units[]): Promise<void>;
}

export interface Warehouse {
  /** Promises all of the given units, or none. @throws {ShopError} `out_of_stock`, naming a product. */
  reserve(units: readonly Units[]): Promise<void>;
  /** Promised units leave. */
  ship(units: readonly Units[]): Promise<void>;
  /** Promised units may be sold to others again. */
  release(units: readonly Units[]): Promise<void>;
  /** Units that had left come back. */
  restock(units: readonly Units[]): Promise<void>;
}

/** What is to be charged for an order; it never changes. */
export interface Payment {
  readonly orderId: string;
  /** What the customer's browser got for the card. */
  readonly token: string;
  /** Minor units. */
  readonly amount: number;
  readonly currency: string;
}

export interface PaymentDesk {
  /** Records that an order is to be paid, before anybody is asked for the money. */
  open(orderId: string, paymentToken: string, total: Money): Promise<Payment>;
  /** What was opened for an order. */
  get(orderId: string): Promise<Payment>;
  /** Asks for the money; repeating it never charges twice. May take seconds. */
  charge(payment: Payment): Promise<'captured' | 'declined' | 'voided' | 'unknown'>;
  /** Gives an order's money back, or makes sure that none will be taken. May take seconds. */
  reverse(orderId: string): Promise<'refunded' | 'voided' | 'unknown'>;
  /** Records what became of a payment. */
  record(orderId: string, status: PaymentStatus): Promise<void>;
  /** The states of the given orders' payments: one question, however many they are. */
  statusesOf(orderIds: readonly string[]): Promise<ReadonlyMap<string, PaymentStatus>>;
}
