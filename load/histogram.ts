// Latencies in constant memory: HDR histograms of microseconds, three significant digits, up to ten minutes.
import { build, type Histogram } from 'hdr-histogram-js';

export type { Histogram } from 'hdr-histogram-js';

/** Milliseconds; null where nothing was measured. */
export interface Latency {
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p99: number | null;
  readonly p999: number | null;
  readonly max: number | null;
}

const HIGHEST_US = 10 * 60 * 1_000_000;

export const createHistogram = (): Histogram =>
  build({ highestTrackableValue: HIGHEST_US, numberOfSignificantValueDigits: 3 });

export function recordMs(histogram: Histogram, milliseconds: number): void {
  histogram.recordValue(Math.min(HIGHEST_US, Math.max(1, Math.round(milliseconds * 1_000))));
}

export function merge(histograms: Iterable<Histogram>): Histogram {
  const sum = createHistogram();
  for (const histogram of histograms) sum.add(histogram);
  return sum;
}

export function latencyOf(histogram: Histogram): Latency {
  const at = (percentile: number) =>
    histogram.totalCount === 0
      ? null
      : toMs(Math.min(histogram.getValueAtPercentile(percentile), histogram.maxValue));
  return { p50: at(50), p90: at(90), p99: at(99), p999: at(99.9), max: at(100) };
}

const toMs = (microseconds: number) => Math.round(microseconds / 10) / 100;
