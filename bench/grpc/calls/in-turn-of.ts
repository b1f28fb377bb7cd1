// Different products by turns, so that nobody asks for the same row again and again.

/** @returns the next one at each call, after the last the first. */
export function inTurnOf(): (ids: readonly string[]) => string {
  let calls = 0;
  return (ids) => ids[calls++ % ids.length] as string;
}
