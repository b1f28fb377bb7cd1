// Passes mismatches on to whoever keeps them: each once in a while, and not more than somebody could read.
import { createHash } from 'node:crypto';
import type { Mismatch } from '../../answers/mismatch.ts';

export interface ReportOptions {
  readonly report: (mismatch: Mismatch) => void;
  /** How long the same difference in the same answer is not news. */
  readonly windowMs: number;
  /** In a window; more are counted, and not reported. */
  readonly mostPerWindow: number;
  /** Milliseconds. */
  readonly now?: () => number;
}

/** `repeated`: already known in this window, so it is not to be counted again. `unreported`: beyond the limit. */
export type Reported = 'reported' | 'repeated' | 'unreported';

/** What is remembered in a window at most, 32 bytes each; beyond that, nothing is taken for a repetition. */
const MAX_REMEMBERED = 10_000;

export function createMismatchReports({
  report,
  windowMs,
  mostPerWindow,
  now = () => performance.now(),
}: ReportOptions): (mismatch: Mismatch) => Reported {
  const seen = new Set<string>();
  let begun = now();
  let reported = 0;

  return (mismatch) => {
    if (now() - begun >= windowMs) {
      begun = now();
      reported = 0;
      seen.clear();
    }
    const { capability, request, kind, differences } = mismatch;
    const known = createHash('sha256')
      .update(JSON.stringify([capability, request, kind, differences]))
      .digest('base64');
    if (seen.has(known)) return 'repeated';
    if (seen.size < MAX_REMEMBERED) seen.add(known);
    if (reported >= mostPerWindow) return 'unreported';
    reported += 1;
    report(mismatch);
    return 'reported';
  };
}
