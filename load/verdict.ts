// Whether a run may be believed, and what it says: the shop's faults, and the generator's own.
import type { ReadCounts } from './report.ts';

export interface Verdict {
  /** `inconclusive`: no fault of the shop was seen, but the load was not what was asked for, or too little to prove it. */
  readonly verdict: 'passed' | 'failed' | 'inconclusive';
  /** One line each; none where it passed. */
  readonly reasons: readonly string[];
}

/** Later than this is counted: more than timers, garbage collection and a shared processor cost now and then. */
export const LATE_MS = 50;
/** Of the actions that came due: with more of them late or dropped, p99 is the generator's and not the shop's. */
const TOLERATED = 0.01;

/** Fewer reads after writes than these prove nothing, where a proof is asked for. */
const PAIRS_FOR_A_PROOF = 1_000;

export interface Judged {
  readonly requests: number;
  readonly arrivals: number;
  readonly unexpected: number;
  readonly stale: number;
  readonly late: number;
  readonly dropped: number;
  readonly reads: Readonly<ReadCounts>;
  readonly proveReads: boolean;
}

export function judge(judged: Judged): Verdict {
  const { requests, arrivals, unexpected, stale, late, dropped, reads, proveReads } = judged;
  const faults = [
    unexpected > 0 && `${unexpected} unexpected ${unexpected === 1 ? 'answer' : 'answers'}`,
    stale > 0 && `${stale} stale ${stale === 1 ? 'read' : 'reads'}`,
    reads.backwards > 0 && `${reads.backwards} ${reads.backwards === 1 ? 'read' : 'reads'} went backwards`,
  ].filter((fault) => fault !== false);
  const doubts = [
    requests === 0 && 'nothing was measured',
    late > TOLERATED * arrivals &&
      `${share(late, arrivals)} of the actions began more than ${LATE_MS} ms late, because this process was busy: lower --rate, or free the machine`,
    dropped > TOLERATED * arrivals &&
      `${share(dropped, arrivals)} of the actions were dropped, because too many were in flight: lower --rate, or raise --max-in-flight`,
    ...(proveReads ? doubtsAbout(reads) : []),
  ].filter((doubt) => doubt !== false);
  const reasons = [...faults, ...doubts];
  if (reasons.length === 0) return { verdict: 'passed', reasons };
  return { verdict: faults.length > 0 ? 'failed' : 'inconclusive', reasons };
}

const doubtsAbout = ({ pairs, pairsByService, seenAgainByService }: Readonly<ReadCounts>) => [
  pairs < PAIRS_FOR_A_PROOF &&
    `only ${pairs} of ${PAIRS_FOR_A_PROOF} reads after a write of the same session: raise --admin, --rate or --duration`,
  pairsByService === 0 && 'none of the reads after a write was served by a service',
  seenAgainByService === 0 && 'no service has shown a product to anybody who had seen it before',
];

const share = (part: number, whole: number) => `${((part / whole) * 100).toFixed(1)} %`;
