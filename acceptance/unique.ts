// Values that nothing else in the shop has, so that the suite can run any number of times against the same shop.
import { randomInt, randomUUID } from 'node:crypto';

/** Consonants only: no stemmer finds an ending to cut off. */
const CONSONANTS = 'bcdfghjkmnpqrtvwxz';

/** A word that only the products of one test have. */
export const uniqueWord = (): string =>
  Array.from({ length: 14 }, () => CONSONANTS[randomInt(CONSONANTS.length)]).join('');

export const uniqueSku = (): string => `TEST-${randomUUID().toUpperCase()}`.slice(0, 40);

export const uniqueEmail = (): string => `buyer-${randomUUID()}@example.test`;

export const uniqueKey = (): string => randomUUID();

/** An amount by which the provider's ledger shows one test's charges: dearer than anything in the seed. */
export const uniquePrice = (): number => randomInt(10_000_000, 100_000_000);
