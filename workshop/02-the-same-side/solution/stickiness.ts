// Which side a customer's reads go to: the same one each time, whichever gateway decides, and before and after a restart.
import { createHash } from 'node:crypto';
import type { Side } from '../ground.ts';

const BUCKETS = 10_000;

/** @returns 0 to 9999: another one for another capability, so that they are not always the same who go first. */
export function bucketOf(key: string, capability: string): number {
  const hash = createHash('sha256').update(`${capability}\0${key}`).digest();
  return hash.readUInt32BE(0) % BUCKETS;
}

/**
 * Raising the percentage moves customers to the service alone, lowering it only back.
 * @param percent 0 to 100.
 */
export const sideOf = (key: string, capability: string, percent: number): Side =>
  bucketOf(key, capability) < (percent * BUCKETS) / 100 ? 'service' : 'monolith';
