// What becomes of repeated measurements: medians of rounds, ratios of what was measured side by side, and their spread.

/** The middle of what was measured, and how far it was scattered. */
export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** @throws {RangeError} for nothing: a median of no measurement would pass for one. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('there is no median of nothing');
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] as number;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] as number;
  return (lower + upper) / 2;
}

export const summarize = (values: readonly number[]): Summary => ({
  median: median(values),
  min: Math.min(...values),
  max: Math.max(...values),
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
