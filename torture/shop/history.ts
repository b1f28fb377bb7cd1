// What was asked of the shop, and what callers were told.
import type { RegisterEvent, Span } from '../load/history.ts';

export type ShopOperation =
  | { readonly kind: 'create'; readonly sku: string }
  | {
      readonly kind: 'price';
      readonly product: string;
      /** The version that it is based on, and the price that version has. */
      readonly version: number;
      readonly replaces: number;
      readonly amount: number;
    }
  | { readonly kind: 'look'; readonly product: string };

/** A product at a version, as one session has seen or made it. */
export interface Sight extends Span {
  readonly session: number;
  readonly product: string;
  readonly version: number;
  readonly amount: number;
}

/** What was given up. */
export interface OpenCall extends Span {
  readonly session: number;
  readonly key: string;
  readonly operation: ShopOperation;
  readonly outcome: 'failed' | 'unknown';
  readonly disturbed: boolean;
  readonly reason: string;
}

export interface ShopHistory {
  readonly counts: {
    /** Products made and prices set. */
    acknowledged: number;
    readonly byKind: Record<ShopOperation['kind'], number>;
    /** Prices that somebody else had changed before: 412. */
    outrun: number;
    ok: number;
    delayed: number;
    failed: number;
    unknown: number;
  };
  /** SKU → the id that its maker was told. */
  readonly created: Map<string, Span & { readonly id: string }>;
  /** Product → changes of its price; versions as the shop counts them, from 1. */
  readonly changes: Map<string, RegisterEvent[]>;
  /** In the order of each session. */
  readonly sights: Sight[];
  readonly open: OpenCall[];
  /** Answers that nobody may get, by their text. */
  readonly unexpected: Map<string, number>;
}

export const createShopHistory = (): ShopHistory => ({
  counts: {
    acknowledged: 0,
    byKind: { create: 0, price: 0, look: 0 },
    outrun: 0,
    ok: 0,
    delayed: 0,
    failed: 0,
    unknown: 0,
  },
  created: new Map(),
  changes: new Map(),
  sights: [],
  open: [],
  unexpected: new Map(),
});

export function noteUnexpected({ unexpected }: ShopHistory, text: string): void {
  unexpected.set(text, (unexpected.get(text) ?? 0) + 1);
}
