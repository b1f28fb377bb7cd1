// Whether a run may be believed, and what it says: the shop's faults, and the generator's own.

export interface Verdict {
  /** `inconclusive`: no fault of the shop was seen, but the load was not what was asked for. */
  readonly verdict: 'passed' | 'failed' | 'inconclusive';
  /** One line each; none where it passed. */
  readonly reasons: readonly string[];
}

/** Later than this is counted: more than timers, garbage collection and a shared processor cost now and then. */
export const LATE_MS = 50;
/** Of the actions that came due: with more of them late or dropped, p99 is the generator's and not the shop's. */
const TOLERATED = 0.01;

export interface Judged {
  readonly requests: number;
  readonly arrivals: number;
  readonly unexpected: number;
  readonly stale: number;
  readonly late: number;
  readonly dropped: number;
}

export function judge({ requests, arrivals, unexpected, stale, late, dropped }: Judged): Verdict {
  const faults = [
    unexpected > 0 && `${unexpected} unexpected ${unexpected === 1 ? 'answer' : 'answers'}`,
    stale > 0 && `${stale} stale ${stale === 1 ? 'read' : 'reads'}`,
  ].filter((fault) => fault !== false);
  const doubts = [
    requests === 0 && 'nothing was measured',
    late > TOLERATED * arrivals &&
      `${share(late, arrivals)} of the actions began more than ${LATE_MS} ms late, because this process was busy: lower --rate, or free the machine`,
    dropped > TOLERATED * arrivals &&
      `${share(dropped, arrivals)} of the actions were dropped, because too many were in flight: lower --rate, or raise --max-in-flight`,
  ].filter((doubt) => doubt !== false);
  const reasons = [...faults, ...doubts];
  if (reasons.length === 0) return { verdict: 'passed', reasons };
  return { verdict: faults.length > 0 ? 'failed' : 'inconclusive', reasons };
}

const share = (part: number, whole: number) => `${((part / whole) * 100).toFixed(1)} %`;
