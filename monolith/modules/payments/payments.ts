// The payments: one for each order, and what the provider says became of it. The module's only front door.
import type { Money } from '#platform/money.ts';
import type { ChargeOutcome, PaymentProvider, ReversalOutcome } from './provider.ts';
import type { PaymentsRepository } from './repository.ts';

export const PAYMENT_STATUSES = [
  'pending',
  'captured',
  'declined',
  'refunding',
  'refunded',
  'voided',
] as const;
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];

/** What an order's customer is to be charged; it never changes. */
export interface Payment {
  readonly orderId: string;
  /** What the provider gave the customer's browser for the card. */
  readonly token: string;
  /** Minor units. */
  readonly amount: number;
  readonly currency: string;
}

export type Payments = ReturnType<typeof createPayments>;

/**
 * Every method that talks to the provider must run outside of a transaction: it may take seconds, and what it
 * does cannot be rolled back.
 */
export function createPayments(repository: PaymentsRepository, provider: PaymentProvider) {
  return {
    /** Records that an order is to be paid, before anything is asked of the provider. @returns what to charge. */
    async open(orderId: string, token: string, total: Money): Promise<Payment> {
      const payment = { orderId, token, ...total };
      await repository.insert(payment);
      return payment;
    },

    /** What was opened for an order, to be charged (again) by somebody who did not open it. */
    async get(orderId: string): Promise<Payment> {
      return repository.get(orderId);
    },

    /** Asks the provider for an order's money. Repeating it never charges twice: the order's id is the key. */
    async charge({ orderId, token, amount, currency }: Payment): Promise<ChargeOutcome> {
      return provider.charge({ key: orderId, token, amount, currency });
    },

    /** Gives an order's money back, or makes sure that none will be taken. Safe to repeat. */
    async reverse(orderId: string): Promise<ReversalOutcome> {
      return provider.reverse(orderId);
    },

    /** The states of the given orders' payments: one question, however many they are. */
    async statusesOf(orderIds: readonly string[]): Promise<ReadonlyMap<string, PaymentStatus>> {
      return orderIds.length === 0 ? new Map() : repository.statusesOf(orderIds);
    },

    /** Records what became of a payment; takes part in the caller's transaction. */
    async record(orderId: string, status: PaymentStatus): Promise<void> {
      await repository.setStatus(orderId, status);
    },
  };
}
