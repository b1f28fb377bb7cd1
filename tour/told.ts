// What the shop has told its customers and administrators: what it is held to in the end, and what the screen shows.
import { createHistogram, latencyOf, recordMs, type Histogram } from '../load/histogram.ts';

/** A product of one administrator, who alone changes it: so its version and price are known. */
export interface OwnProduct {
  readonly id: string;
  /** As the last answer said. */
  version: number;
  amount: number;
  /** After a write without any answer, nobody knows. */
  certain: boolean;
}

/** A product with few pieces, for which many race. */
export interface ScarceProduct {
  readonly id: string;
  readonly units: number;
}

export interface Promised {
  readonly own: OwnProduct[];
  readonly scarce: ScarceProduct[];
  /** By customer: the orders whose answer was 201. */
  readonly orders: Map<number, string[]>;
}

export interface Counts {
  requests: number;
  /** Told to come again, or not answered, and answered under the same key later. */
  delayed: number;
  /** Not answered as it should be, within a customer's patience. */
  failed: number;
  /** Read, and older than what the same browser had seen or written. */
  stale: number;
  /** Of the catalog: created or changed, and answered. */
  writes: number;
  orders: number;
  soldOut: number;
}

/** Of the catalog, since the last look. */
export interface SideRates {
  readonly reads: number;
  readonly writes: number;
  readonly p50: number | null;
  readonly p99: number | null;
}

export interface Told {
  readonly promised: Promised;
  readonly counts: Counts;
  /** What failed, in words, the first few. */
  readonly failures: readonly string[];
  fail(what: string): void;
  /** A catalog request was answered. @param servedBy by x-served-by. */
  answered(kind: 'read' | 'write', servedBy: string, latencyMs: number): void;
  /** Since the last call, by who answered. */
  takeRates(): ReadonlyMap<string, SideRates>;
  /** The longest time without an acknowledged write that touches this one, in milliseconds; by performance.now(). */
  longestPause(from: number, to: number): number;
}

const FAILURES_KEPT = 5;

export function createTold(): Told {
  const counts: Counts = {
    ...{ requests: 0, delayed: 0, failed: 0, stale: 0, writes: 0, orders: 0, soldOut: 0 },
  };
  const failures: string[] = [];
  /** When writes were acknowledged, in order. */
  const acknowledged: number[] = [];
  let rates = new Map<string, { reads: number; writes: number; latencies: Histogram }>();

  return {
    promised: { own: [], scarce: [], orders: new Map() },
    counts,
    failures,
    fail(what) {
      counts.failed += 1;
      if (failures.length < FAILURES_KEPT) failures.push(what);
    },
    answered(kind, servedBy, latencyMs) {
      const side = rates.get(servedBy) ?? { reads: 0, writes: 0, latencies: createHistogram() };
      rates.set(servedBy, side);
      side[kind === 'read' ? 'reads' : 'writes'] += 1;
      recordMs(side.latencies, latencyMs);
      if (kind === 'read') return;
      counts.writes += 1;
      acknowledged.push(performance.now());
    },
    takeRates() {
      const taken = rates;
      rates = new Map();
      return new Map(
        [...taken].map(([name, { reads, writes, latencies }]) => {
          const { p50, p99 } = latencyOf(latencies);
          return [name, { reads, writes, p50, p99 }];
        }),
      );
    },
    longestPause(from, to) {
      let longest = 0;
      let before = -Infinity;
      for (const time of [...acknowledged, Infinity]) {
        if (time > from && before < to && before !== -Infinity)
          longest = Math.max(longest, Math.min(time, performance.now()) - before);
        before = time;
      }
      return longest;
    },
  };
}
