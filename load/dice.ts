// Chance that can be asked again: what an arrival draws depends on the seed and on its number alone.

export interface Dice {
  /** From 0 to just below 1. */
  fraction(): number;
  /** A whole number from 0 to just below the limit. */
  below(limit: number): number;
  /** @param percent from 0 to 100. */
  chance(percent: number): boolean;
  pick<T>(from: readonly T[]): T;
}

const GOLDEN = 0x9e3779b9;

/** @param index which of the seed's dice: answers come in any order, and must not change what others draw. */
export function createDice(seed: number, index = 0): Dice {
  let state = scramble(scramble(seed) + index);

  const fraction = () => scramble((state = (state + GOLDEN) | 0)) / 0x1_0000_0000;
  const below = (limit: number) => Math.floor(fraction() * limit);
  return {
    fraction,
    below,
    chance: (percent) => fraction() * 100 < percent,
    pick: <T>(from: readonly T[]) => from[below(from.length)] as T,
  };
}

/** MurmurHash3's finalizer: every bit of the input moves half of the bits of the result. */
function scramble(value: number): number {
  let bits = value | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
