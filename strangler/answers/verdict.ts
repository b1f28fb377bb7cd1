// What the outcomes of a parallel run say about the service: whether enough was compared, and whether it agreed.

export interface ShadowCounts {
  /** Both sides answered alike at once. */
  readonly match: number;
  /** They differed, and went on differing when the service had come as far as the monolith. */
  readonly mismatch: number;
  /** They differed until the service had come as far, or while what was asked about was being changed. */
  readonly lag: number;
  /** It came to nothing: a side did not answer in time, or what was asked about never held still. */
  readonly inconclusive: number;
}

export interface Verdict {
  readonly verdict: 'passed' | 'failed' | 'inconclusive';
  /** One line for people. */
  readonly line: string;
  /** For a command that a script runs. */
  readonly exitCode: 0 | 1 | 2;
}

/**
 * Of so many that agree, all: then fewer than one read in a hundred differs, of 95 % of the samples that could have been
 * drawn (the rule of three).
 */
export const MINIMUM_COMPARED = 300;

/** Where more came to nothing than to an outcome, what was compared is only what is easy to compare. */
const MOST_INCONCLUSIVE = 0.5;

/** One mismatch is enough to fail; too little to judge by never passes. */
export function verdict(
  { match, mismatch, lag, inconclusive }: ShadowCounts,
  minimum: number = MINIMUM_COMPARED,
): Verdict {
  const compared = match + lag + mismatch;
  const sum = compared + inconclusive;
  if (mismatch > 0)
    return { verdict: 'failed', exitCode: 1, line: `failed: ${mismatch} of ${compared} answers differ` };
  const needed = Math.max(1, minimum);
  // Whatever is no number is never reached.
  if (!(compared >= needed))
    return unknown(`only ${compared} answers compared, and ${needed} are needed to judge`);
  if (inconclusive > sum * MOST_INCONCLUSIVE)
    return unknown(`${inconclusive} of ${sum} comparisons came to nothing`);
  return { verdict: 'passed', exitCode: 0, line: `passed: ${compared} answers compared, none differs` };
}

const unknown = (why: string): Verdict => ({
  verdict: 'inconclusive',
  exitCode: 2,
  line: `inconclusive: ${why}`,
});
