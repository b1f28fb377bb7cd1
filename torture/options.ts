// What a run is told, and below which bounds it proves nothing.
import type { Ground } from './ground/ground.ts';
import type { Shop } from './shop/shop.ts';
import type { Move } from './nemesis/switches.ts';

export interface Bounds {
  readonly switches: number;
  readonly eachFault: number;
  readonly acknowledged: number;
}

export interface TortureOptions {
  readonly seconds: number;
  readonly seed: number;
  readonly writers: number;
  /** Calls a second. */
  readonly rate: number;
  readonly bounds: Bounds;
  /** A real shop beside, and administrators who call its gateway; without it the databases are alone. */
  readonly shop?: { readonly callers: number; readonly rate: number } | undefined;
  /** How long everything may take to come to rest once it is healed, in milliseconds. */
  readonly settleMs?: number | undefined;
  /** Only these faults. */
  readonly only?: readonly string[] | undefined;
  /** Ends it early; what was found until then is still told. */
  readonly signal?: AbortSignal | undefined;
  readonly onLine?: ((line: string) => void) | undefined;
  /** Bugs on purpose, for the tests: done to the databases before anything is written, and another way to move. */
  readonly plant?:
    | {
        readonly sabotage?: (ground: Ground, shop: Shop | undefined) => Promise<void>;
        readonly move?: Move;
      }
    | undefined;
}

export const DEFAULTS = { minutes: 30, writers: 12, rate: 800, settleMs: 90_000 } as const;

/** Of the load through the gateway: those two cores can bear beside the rest. */
export const SHOP = { callers: 6, rate: 40 } as const;

/** Less than this is inconclusive. */
export const BOUNDS: Bounds = { switches: 50, eachFault: 5, acknowledged: 100_000 };
