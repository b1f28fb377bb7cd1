// What a charge, a void and a refund do to a key, as pure functions of what has happened to it.
import type { Draft, Entry } from './entry.ts';
import type { Decide } from './ledger.ts';

export const SLOW = 'tok_slow';
export const LOST = 'tok_lost';

const CAPTURED: readonly string[] = ['tok_ok', SLOW, LOST];

export interface ChargeRequest {
  readonly token: string;
  /** Minor units. */
  readonly amount: number;
  /** ISO 4217. */
  readonly currency: string;
}

/** A key is charged or declined once at most, and never after a void. */
export const charge =
  (request: ChargeRequest): Decide =>
  (known) => {
    if (known.length > 0) return undefined;
    return { type: CAPTURED.includes(request.token) ? 'charge' : 'decline', ...request };
  };

/** Closes the door on a key that was never charged: whoever still means to charge it comes too late. */
export const voidKey: Decide = (known) => (known.length > 0 ? undefined : { type: 'void' });

/** Gives a captured charge back, whole and once. Of an unknown key it makes sure that no charge will come. */
export const refund: Decide = (known): Draft | undefined => {
  const last = known.at(-1);
  if (last?.type !== 'charge') return voidKey(known);
  return { type: 'refund', amount: last.amount, currency: last.currency };
};

/** Whether this is what the key was first used for; of a key that was voided unused, anything is. */
export function isRepeat(request: ChargeRequest, [first]: readonly Entry[]): boolean {
  if (first === undefined || !('token' in first)) return true;
  return (
    first.token === request.token && first.amount === request.amount && first.currency === request.currency
  );
}
