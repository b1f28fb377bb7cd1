// What becomes of repeated measurements: medians of rounds, ratios of what was measured side by side, and their spread.

/** The middle of what was measured, and where the middle half of it lies: one wild round moves none of them. */
export interface Summary {
  readonly median: number;
  /** The lower quartile. */
  readonly low: number;
  /** The upper quartile. */
  readonly high: number;
}

/**
 * @param share from 0 to 1; between two values, what lies between them.
 * @throws {RangeError} for nothing: a quantile of no measurement would pass for one.
 */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new RangeError('there is no quantile of nothing');
  const sorted = [...values].sort((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const lower = sorted[Math.floor(place)] as number;
  const upper = sorted[Math.ceil(place)] as number;
  return lower + (upper - lower) * (place % 1);
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

export const summarize = (values: readonly number[]): Summary => ({
  median: median(values),
  low: quantile(values, 0.25),
  high: quantile(values, 0.75),
});

/**
 * Round by round, since what else the machine does changes from round to round, and meets both in the same one.
 * @param above and below: one measurement each a round, in the same order.
 */
export function ratios(above: readonly number[], below: readonly number[]): Summary {
  if (above.length !== below.length) throw new RangeError('both sides need the same rounds');
  return summarize(above.map((value, round) => value / (below[round] as number)));
}

/** Every other round in reverse, so that nobody always follows the same neighbour, nor always comes last. */
export function inTurn<T>(names: readonly T[], rounds: number): readonly (readonly T[])[] {
  return Array.from({ length: rounds }, (_, round) => (round % 2 === 0 ? names : names.toReversed()));
}
