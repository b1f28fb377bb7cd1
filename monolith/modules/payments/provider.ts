// What the shop needs of a payment provider, in the shop's words. A charge has one key for ever: sent again under it,
// it is the same charge.

export interface Charge {
  /** Idempotency key, known to both sides. */
  readonly key: string;
  readonly token: string;
  /** Minor units. */
  readonly amount: number;
  readonly currency: string;
}

/**
 * What became of a charge. `unknown` is not a failure: the money may be taken, now or later. It is settled by
 * sending the same charge again, or by voiding its key; never by looking and finding nothing.
 */
export type ChargeOutcome = 'captured' | 'declined' | 'voided' | 'unknown';

/** What became of taking a charge back. `voided`: there was none, and there will be none under this key. */
export type ReversalOutcome = 'refunded' | 'voided' | 'unknown';

export interface PaymentProvider {
  charge(charge: Charge): Promise<ChargeOutcome>;
  /** Refunds what was captured, or voids the key where nothing was. Safe to repeat. */
  reverse(key: string): Promise<ReversalOutcome>;
}
