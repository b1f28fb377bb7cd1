// What gateways count of a capability's reads, from their pages for Prometheus: by side, since a moment.
import { SetupError } from '#platform/setup-error.ts';
import type { SideFigures } from './gates.ts';

/** By the text of its labels, what a series has counted. */
type Series = ReadonlyMap<string, number>;

export interface FiguresReader {
  /** Adds what was counted since the last call. @throws {SetupError} where a gateway does not answer. */
  poll(): Promise<void>;
  /** Since the last `begin`. */
  read(): { readonly service: SideFigures; readonly monolith: SideFigures };
  begin(): void;
}

const TIMEOUT_MS = 3_000;
const DURATION = 'http_request_duration_seconds';
const DIVERTED = 'gateway_reads_diverted_total';
/** Reads that the service should have answered; others were diverted because it was late, or not meant. */
const FAILED = new Set(['failed', 'unavailable', 'too_slow', 'overloaded', 'circuit_open']);

/** @param urls of the pages, one for each gateway. */
export function createFiguresReader(capability: string, urls: readonly string[]): FiguresReader {
  const last = new Map<string, Series>();
  let since = new Map<string, number>();

  return {
    async poll() {
      const pages = await Promise.all(urls.map(fetchPage));
      for (const [index, page] of pages.entries()) {
        const url = urls[index] ?? '';
        const before = last.get(url);
        const now = seriesIn(page, capability);
        last.set(url, now);
        // What it counted before anybody looked is nobody's.
        if (before === undefined) continue;
        for (const [series, value] of now) {
          const known = before.get(series) ?? 0;
          // One that was started again begins with 0.
          const more = value >= known ? value - known : value;
          since.set(series, (since.get(series) ?? 0) + more);
        }
      }
    },
    read: () => ({ service: figuresOf('service', since), monolith: figuresOf('monolith', since) }),
    begin: () => void (since = new Map()),
  };
}

async function fetchPage(url: string): Promise<string> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (answer.ok) return await answer.text();
    throw new Error(`it answers ${answer.status}`);
  } catch (error) {
    throw new SetupError(`the figures of the gateway at ${url} cannot be had: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

const LINE = new RegExp(`^((?:${DURATION}_(?:bucket|count)|${DIVERTED})\\{[^}]*\\}) (\\S+)$`, 'gm');

/** Those of the capability's reads alone. */
function seriesIn(page: string, capability: string): Series {
  const found = new Map<string, number>();
  for (const [, series = '', value] of page.matchAll(LINE)) {
    if (labelIn(series, 'capability') !== capability) continue;
    if (!series.startsWith(DIVERTED) && labelIn(series, 'access') !== 'read') continue;
    found.set(series, Number(value));
  }
  return found;
}

const labelIn = (series: string, name: string) => new RegExp(`[{,]${name}="([^"]*)"`).exec(series)?.[1];

function figuresOf(side: 'service' | 'monolith', since: Series): SideFigures {
  let [answered, broken, diverted] = [0, 0, 0];
  const buckets = new Map<number, number>();
  for (const [series, count] of since) {
    if (series.startsWith(DIVERTED)) {
      if (side === 'service' && FAILED.has(labelIn(series, 'reason') ?? '')) diverted += count;
    } else if (labelIn(series, 'side') === side) {
      if (series.startsWith(`${DURATION}_count`)) {
        answered += count;
        if (/^5/.test(labelIn(series, 'status') ?? '')) broken += count;
      } else {
        const upTo = Number((labelIn(series, 'le') ?? '').replace('+Inf', 'Infinity'));
        buckets.set(upTo, (buckets.get(upTo) ?? 0) + count);
      }
    }
  }
  return {
    // What was diverted was answered by the other side, and counts as asked all the same.
    requests: answered + diverted,
    failed: broken + diverted,
    p50Ms: quantile(buckets, 0.5),
    p99Ms: quantile(buckets, 0.99),
  };
}

/** As Prometheus does: evenly within a bucket. Buckets are cumulative. @returns milliseconds. */
function quantile(buckets: ReadonlyMap<number, number>, share: number): number | null {
  const sorted = [...buckets].sort(([one], [other]) => one - other);
  const total = sorted.at(-1)?.[1] ?? 0;
  if (total === 0) return null;
  const wanted = share * total;
  let [lower, below] = [0, 0];
  for (const [upTo, count] of sorted) {
    if (count >= wanted) {
      if (upTo === Infinity) return lower * 1_000;
      return 1_000 * (lower + ((upTo - lower) * (wanted - below)) / (count - below));
    }
    [lower, below] = [upTo, count];
  }
  return lower * 1_000;
}
