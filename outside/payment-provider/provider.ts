// The provider's use cases: charge, void, refund, each any number of times under one key, with one effect.
import { setTimeout as sleep } from 'node:timers/promises';
import { answerToCharge, answerToRefund, answerToVoid, keyReused, stateOf, type Answer } from './answers.ts';
import { LOST, SLOW, charge, isRepeat, refund, voidKey, type ChargeRequest } from './decisions.ts';
import type { Entry } from './entry.ts';
import type { Ledger } from './ledger.ts';

export interface Provider {
  /**
   * @returns undefined where the money was taken and the caller is never to hear of it (tok_lost, the first time).
   * @throws {ShopError} idempotency_key_reused
   */
  charge(key: string, request: ChargeRequest): Promise<Answer | undefined>;
  void(key: string): Promise<Answer>;
  refund(key: string): Promise<Answer>;
}

export interface ProviderOptions {
  readonly ledger: Ledger;
  /** How long tok_slow takes, in milliseconds. */
  readonly slowMs: number;
  /** Ends the wait of tok_slow, which then captures nothing. */
  readonly stopping?: AbortSignal;
}

export function createProvider({ ledger, slowMs, stopping }: ProviderOptions): Provider {
  /** Charges on their way into the ledger, by key. Whoever comes second waits, instead of starting another. */
  const underway = new Map<string, Promise<Entry | undefined>>();

  async function record(key: string, request: ChargeRequest): Promise<Entry | undefined> {
    try {
      if (request.token === SLOW) await sleep(slowMs, undefined, { signal: stopping });
      return await ledger.record(key, charge(request));
    } finally {
      underway.delete(key);
    }
  }

  /** @returns the entry, if this very request has made it. */
  async function chargeOnce(key: string, request: ChargeRequest): Promise<Entry | undefined> {
    if (ledger.entries(key).length > 0) return undefined;
    const earlier = underway.get(key);
    if (earlier) {
      await earlier;
      return undefined;
    }
    const recorded = record(key, request);
    underway.set(key, recorded);
    return recorded;
  }

  const state = (key: string) => stateOf(key, ledger.entries(key));

  return {
    async charge(key, request) {
      const mine = await chargeOnce(key, request);
      if (!isRepeat(request, ledger.entries(key))) throw keyReused(key);
      if (mine && request.token === LOST) return undefined;
      return answerToCharge(state(key));
    },
    async void(key) {
      await ledger.record(key, voidKey);
      return answerToVoid(state(key));
    },
    async refund(key) {
      await ledger.record(key, refund);
      return answerToRefund(state(key));
    },
  };
}
