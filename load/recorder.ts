// Counts and histograms of a run, in memory that does not grow with it.
import type { Answer, ShopRequest } from './client.ts';
import { createHistogram, latencyOf, recordMs, type Histogram } from './histogram.ts';
import { isByService, isStale, type Read, type Written } from './reads.ts';
import type { CheckoutOutcome, Counts, Examples, Problem, ReadCounts, Step, Tally } from './report.ts';
import { LATE_MS } from './verdict.ts';

/** A request, and its answer or the lack of one. */
export interface Exchange {
  readonly step: Step;
  readonly request: ShopRequest;
  readonly answer: Answer;
  /** From when it was due. */
  readonly latencyMs: number;
  /** False during the warm-up: what goes wrong counts even then, how long it took does not. */
  readonly measured: boolean;
}

export type Recorder = ReturnType<typeof createRecorder>;

/** Of each kind. */
const EXAMPLES = 5;
/** Names come from the server, so there may be any number of them; the rest is counted as one. */
const NAMES = 50;

export function createRecorder() {
  const counts: Counts = { arrivals: 0, late: 0, dropped: 0, unexpected: 0, readBack: 0, stale: 0 };
  const reads: ReadCounts = {
    pairs: 0,
    pairsByService: 0,
    stale: 0,
    seenAgain: 0,
    seenAgainByService: 0,
    backwards: 0,
  };
  const checkouts: Record<CheckoutOutcome, number> = { confirmed: 0, pending: 0, declined: 0, cartEmpty: 0 };
  const histograms = new Map<Step, Map<string, Histogram>>();
  const lag = createHistogram();
  const lastSecond = createHistogram();
  const unexpectedBy = new Map<string, number>();
  const examples: Record<keyof Examples, Problem[]> = { unexpected: [], stale: [], backwards: [] };

  function show(kind: keyof Examples, exchange: Exchange, what: string): void {
    if (examples[kind].length < EXAMPLES) examples[kind].push(problemOf(exchange, what));
  }

  const tally: Tally = { counts, reads, checkouts, histograms, lag, unexpectedBy, examples };
  return {
    tally,

    answered({ step, answer, latencyMs, measured }: Exchange): void {
      recordMs(lastSecond, latencyMs);
      if (!measured) return;
      const sides = getOr(histograms, step, () => new Map<string, Histogram>());
      recordMs(getOr(sides, boundedName(sides, answer.servedBy), createHistogram), latencyMs);
    },

    unexpected(exchange: Exchange): void {
      counts.unexpected += 1;
      const name = boundedName(unexpectedBy, `${exchange.step} ${exchange.answer.outcome}`);
      unexpectedBy.set(name, (unexpectedBy.get(name) ?? 0) + 1);
      show('unexpected', exchange, exchange.answer.outcome);
    },

    /** What a session has written was read by it: at once after the write, or later. @returns whether it is stale. */
    readOwn(exchange: Exchange, written: Written, read: Read): boolean {
      const stale = isStale(written, read);
      if (stale === undefined) return false;
      if (exchange.step === 'readBack') counts.readBack += 1;
      if (stale) counts.stale += 1;
      if (written.version !== undefined) {
        reads.pairs += 1;
        if (isByService(exchange.answer)) reads.pairsByService += 1;
        if (stale) reads.stale += 1;
      }
      if (stale) show('stale', exchange, `wrote ${textOf(written)}, read ${textOf(read)}`);
      return stale;
    },

    /** A browser saw a product that it had seen before: the version that it knew, and what it was shown. */
    seenAgain(exchange: Exchange, before: number, version: number): void {
      reads.seenAgain += 1;
      if (isByService(exchange.answer)) reads.seenAgainByService += 1;
      if (version >= before) return;
      reads.backwards += 1;
      show('backwards', exchange, `saw version ${before} before, and now ${version}`);
    },

    checkedOut(outcome: CheckoutOutcome, measured: boolean): void {
      if (measured) checkouts[outcome] += 1;
    },

    /** An action of measured time begins, so many milliseconds after it was due. */
    begun(lagMs: number): void {
      counts.arrivals += 1;
      recordMs(lag, lagMs);
      if (lagMs > LATE_MS) counts.late += 1;
    },

    /** An action of measured time does not begin at all. */
    dropped(): void {
      counts.arrivals += 1;
      counts.dropped += 1;
    },

    /** How fast what was answered since the last call was. */
    takeInterval() {
      const { p50, p99 } = latencyOf(lastSecond);
      const interval = { answered: lastSecond.totalCount, p50, p99 };
      lastSecond.reset();
      return interval;
    },
  };
}

function getOr<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}

const boundedName = (known: ReadonlyMap<string, unknown>, name: string) =>
  known.has(name) || known.size < NAMES ? name : 'others';

const textOf = ({
  version,
  value = 'nothing',
}: {
  version: number | undefined;
  value: string | undefined;
}) => (version === undefined ? value : `${value} (version ${version})`);

const problemOf = ({ step, request, answer }: Exchange, what: string): Problem => ({
  step,
  request: `${request.method} ${request.path}`,
  what,
  servedBy: answer.servedBy,
  requestId: answer.requestId,
});
