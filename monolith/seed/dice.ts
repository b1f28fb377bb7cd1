// Chance that can be asked again: what is drawn depends on the key alone, never on what was drawn before it.
// So any row can be made without those before it, in constant memory, and more products change no customer.

/** What is drawn for: each part has numbers of its own. */
export const PARTS = {
  assortment: 1,
  products: 2,
  productIds: 3,
  people: 4,
  customers: 5,
  customerIds: 6,
  addresses: 7,
  orders: 8,
  orderIds: 9,
  carts: 10,
} as const;

export interface Dice {
  /** A whole number from 0 to 2³² - 1. */
  word(): number;
  /** From 0 to just below 1. */
  fraction(): number;
  /** A whole number from 0 to just below the limit. */
  below(limit: number): number;
  /** A whole number from low to high, both included. */
  between(low: number, high: number): number;
  chance(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
}

const GOLDEN = 0x9e3779b9;

/** @param index of the row within its part. */
export function createDice(seed: number, part: keyof typeof PARTS, index = 0): Dice {
  // Scrambling is one to one, so no two rows of a part begin alike.
  let state = scramble((scramble(seed) ^ Math.imul(PARTS[part], GOLDEN)) + index);

  const word = () => scramble((state = (state + GOLDEN) | 0));
  const fraction = () => word() / 0x1_0000_0000;
  const below = (limit: number) => Math.floor(fraction() * limit);
  return {
    word,
    fraction,
    below,
    between: (low, high) => low + below(high - low + 1),
    chance: (probability) => fraction() < probability,
    pick: <T>(from: readonly T[]) => from[below(from.length)] as T,
  };
}

/** MurmurHash3's finalizer: every bit of the input moves half of the bits of the result. */
export function scramble(value: number): number {
  let bits = value | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/** A way through all numbers below a size that meets each of them once, and soon comes to every region. */
export interface Walk {
  readonly size: number;
  at(step: number): number;
}

export function createWalk(size: number, dice: Dice): Walk {
  let stride = Math.max(1, Math.round(size * 0.618));
  while (commonDivisor(stride, size) !== 1) stride += 1;
  const start = dice.below(size);
  return { size, at: (step) => (start + step * stride) % size };
}

const commonDivisor = (a: number, b: number): number => (b === 0 ? a : commonDivisor(b, a % b));
