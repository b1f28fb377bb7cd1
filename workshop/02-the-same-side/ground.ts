// What the exercise stands on; not to be touched. The check plays thousands of customers, and a gateway that restarts.

export type Side = 'monolith' | 'service';

/** What stickiness.ts has to export. */
export interface StickinessModule {
  /** @returns a whole number from 0 to 9999. */
  readonly bucketOf: (key: string, capability: string) => number;
  /** @param percent of the customers, 0 to 100, fractions included. */
  readonly sideOf: (key: string, capability: string, percent: number) => Side;
}
