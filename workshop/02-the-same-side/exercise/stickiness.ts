// Which side a customer's reads go to.
import type { Side } from '../ground.ts';

const BUCKETS = 10_000;

/** @returns 0 to 9999. */
export function bucketOf(_key: string, _capability: string): number {
  return Math.floor(Math.random() * BUCKETS);
}

/** @param percent 0 to 100. */
export const sideOf = (key: string, capability: string, percent: number): Side =>
  bucketOf(key, capability) < (percent * BUCKETS) / 100 ? 'service' : 'monolith';
