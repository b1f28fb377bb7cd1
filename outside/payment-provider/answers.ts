// What a caller is told about a key: its state, and, where that refuses what was asked, a code.
import { ShopError } from '#platform/errors.ts';
import type { Entry } from './entry.ts';

const STATUS = { charge: 'captured', decline: 'declined', refund: 'refunded', void: 'voided' } as const;

export interface KeyState {
  /** Of the charge, the decline or the void that came first. */
  readonly id: string;
  readonly key: string;
  readonly status: (typeof STATUS)[Entry['type']];
  /** Minor units; absent if the key was voided before it was charged. */
  readonly amount?: number;
  readonly currency?: string;
  readonly createdAt: string;
}

/** A lasting outcome, refusals included: whoever asks again hears the same. */
export interface Answer {
  readonly httpStatus: number;
  readonly body: KeyState | Refusal;
}

interface Refusal {
  readonly code: 'card_declined' | 'voided' | 'refunded' | 'already_captured';
  readonly detail: string;
  readonly status: KeyState['status'];
  readonly charge: KeyState;
}

/** @throws {ShopError} not_found, if nothing has happened to the key. */
export function stateOf(key: string, known: readonly Entry[]): KeyState {
  const [first] = known;
  const last = known.at(-1);
  if (!first || !last) {
    throw new ShopError(
      'not_found',
      'not_found',
      `Nothing is known of the key ${key}: a charge may yet come.`,
    );
  }
  const money = first.type === 'void' ? {} : { amount: first.amount, currency: first.currency };
  return { id: first.id, key, status: STATUS[last.type], ...money, createdAt: first.at };
}

export function answerToCharge(state: KeyState): Answer {
  switch (state.status) {
    case 'captured':
      return { httpStatus: 201, body: state };
    case 'declined':
      return refuse(402, 'card_declined', 'The card was declined.', state);
    case 'voided':
      return refuse(409, 'voided', 'The key was voided: it will never be charged.', state);
    case 'refunded':
      return refuse(409, 'refunded', 'The charge was refunded: charge again under a new key.', state);
  }
}

export function answerToVoid(state: KeyState): Answer {
  if (state.status !== 'captured') return { httpStatus: 200, body: state };
  return refuse(409, 'already_captured', 'The charge was captured before the void: refund it.', state);
}

export const answerToRefund = (state: KeyState): Answer => ({ httpStatus: 200, body: state });

/** @returns an error of the request and not an outcome of the key: the key stays what it is. */
export const keyReused = (key: string) =>
  new ShopError('conflict', 'idempotency_key_reused', `The key ${key} was used for another charge before.`);

function refuse(httpStatus: number, code: Refusal['code'], detail: string, charge: KeyState): Answer {
  return { httpStatus, body: { code, detail, status: charge.status, charge } };
}
