// What a run tells about itself while it lasts: once a second, of the second before.
import type { OpenLoop } from './open-loop.ts';
import type { Recorder } from './recorder.ts';

export type LoadProgress = Preparation | Traffic;

/** Customers are signed up: passwords are slow to hash, on purpose. */
interface Preparation {
  readonly phase: 'preparing';
  readonly done: number;
  readonly total: number;
}

interface Traffic {
  /** `finishing`: nothing more is due, and the last answers are awaited. */
  readonly phase: 'warming up' | 'measuring' | 'finishing';
  /** Seconds, the warm-up included. */
  readonly elapsed: number;
  /** Seconds; may be Infinity. */
  readonly total: number;
  /** Answers, in the last second. */
  readonly rate: number;
  /** Milliseconds, of the last second; null where nothing was answered. */
  readonly p50: number | null;
  readonly p99: number | null;
  /** Actions. */
  readonly inFlight: number;
  readonly unexpected: number;
  readonly stale: number;
  readonly backwards: number;
  readonly late: number;
  readonly dropped: number;
}

export interface Watched {
  /** By performance.now(). */
  readonly startAt: number;
  /** Milliseconds from the start. */
  readonly measuredFrom: number;
  readonly end: number;
  readonly signal: AbortSignal;
  readonly loop: OpenLoop;
  readonly recorder: Recorder;
  readonly onProgress: (progress: LoadProgress) => void;
}

/** @returns what ends it. */
export function watch({
  startAt,
  measuredFrom,
  end,
  signal,
  loop,
  recorder,
  onProgress,
}: Watched): () => void {
  let reportedAt = startAt;

  function phaseAt(passed: number): Traffic['phase'] {
    if (signal.aborted || passed >= end) return 'finishing';
    return passed < measuredFrom ? 'warming up' : 'measuring';
  }

  function tell(): void {
    const now = performance.now();
    const passed = now - startAt;
    const { answered, p50, p99 } = recorder.takeInterval();
    const { unexpected, stale, late, dropped } = recorder.tally.counts;
    onProgress({
      phase: phaseAt(passed),
      elapsed: passed / 1_000,
      total: end / 1_000,
      rate: (answered * 1_000) / (now - reportedAt),
      p50,
      p99,
      inFlight: loop.inFlight(),
      unexpected,
      stale,
      backwards: recorder.tally.reads.backwards,
      late,
      dropped,
    });
    reportedAt = now;
  }

  const timer = setInterval(tell, 1_000);
  return () => clearInterval(timer);
}
