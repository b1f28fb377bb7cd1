// What a run has found, as one object: the shape that --json prints and that callers in code get.
import { latencyOf, merge, type Histogram, type Latency } from './histogram.ts';
import { judge, type Verdict } from './verdict.ts';

/** The requests that actions are made of: a checkout may need an `add` first, every write has its `readBack`, a `patch` more. */
export const STEPS = [
  'browse',
  'cart',
  'add',
  'index',
  'checkout',
  'patch',
  'stock',
  'create',
  'readBack',
  'readList',
  'readAgain',
] as const;
export type Step = (typeof STEPS)[number];

/** `cartEmpty`: two checkouts of one customer met, and the first had bought everything. */
export type CheckoutOutcome = 'confirmed' | 'pending' | 'declined' | 'cartEmpty';

/** Something that must not happen, for a person to look up in the shop's log. */
export interface Problem {
  readonly step: Step;
  /** `POST /orders` */
  readonly request: string;
  /** `500 internal`, or what was written and what was read. */
  readonly what: string;
  readonly servedBy: string;
  readonly requestId: string;
}

export interface Counts {
  /** Actions that came due. */
  arrivals: number;
  /** Actions that began later than they were due, because this process was busy. */
  late: number;
  /** Actions that never began, because too many were in flight. */
  dropped: number;
  /** Answers that no action expects, errors and timeouts; also during the warm-up. */
  unexpected: number;
  /** Writes that were read back at once and compared; also during the warm-up. */
  readBack: number;
  /** Reads, at once or later, that did not show what their own session had written. */
  stale: number;
}

/** What was seen of products, whoever answered; also during the warm-up. */
export interface ReadCounts {
  /** A product was written, and read in the same session: alone or in a list, at once or later. */
  pairs: number;
  /** Of these, how many were read from a service, by the header x-served-by. */
  pairsByService: number;
  /** Of the pairs, how many did not show what had been written. */
  stale: number;
  /** A product was read that the same browser had seen before. */
  seenAgain: number;
  seenAgainByService: number;
  /** Of those, how many showed an earlier version than before. */
  backwards: number;
}

/** The first few of each. */
export type Examples = Readonly<Record<'unexpected' | 'stale' | 'backwards', readonly Problem[]>>;

/** What a run collects. */
export interface Tally {
  readonly counts: Readonly<Counts>;
  readonly reads: Readonly<ReadCounts>;
  /** Of all answers in measured time, by step and by who served them. */
  readonly histograms: ReadonlyMap<Step, ReadonlyMap<string, Histogram>>;
  readonly lag: Histogram;
  readonly checkouts: Readonly<Record<CheckoutOutcome, number>>;
  readonly unexpectedBy: ReadonlyMap<string, number>;
  readonly examples: Examples;
}

export interface StepReport {
  readonly requests: number;
  /** A second. */
  readonly rate: number;
  readonly latencyMs: Latency;
  /** How many requests each side answered; `nobody` stands for errors and timeouts. */
  readonly servedBy: Readonly<Record<string, number>>;
}

export interface LoadReport extends Verdict, Readonly<Counts> {
  /** Of measured time. */
  readonly seconds: number;
  readonly requests: number;
  /** Requests a second. */
  readonly rate: number;
  /** From when a request was due to its last byte. */
  readonly latencyMs: Latency;
  /** From when an action was due to when this process sent it; part of the latency. */
  readonly lagMs: Latency;
  readonly actions: Readonly<Partial<Record<Step, StepReport>>>;
  readonly servedBy: Readonly<Record<string, { readonly requests: number; readonly latencyMs: Latency }>>;
  readonly reads: Readonly<ReadCounts>;
  readonly checkouts: Readonly<Record<CheckoutOutcome, number>>;
  /** By step and outcome: `checkout 500 internal`. */
  readonly unexpectedBy: Readonly<Record<string, number>>;
  readonly examples: Examples;
}

/** @param seconds of measured time. */
export function buildReport(
  tally: Tally,
  seconds: number,
  { proveReads }: { readonly proveReads: boolean },
): LoadReport {
  const { counts, reads, lag, checkouts, examples } = tally;
  const { requests, rate, latencyMs } = summary(
    [...tally.histograms.values()].flatMap((sides) => [...sides.values()]),
    seconds,
  );
  return {
    ...judge({ ...counts, requests, reads, proveReads }),
    seconds: round(seconds),
    requests,
    rate,
    ...counts,
    latencyMs,
    lagMs: latencyOf(lag),
    actions: stepsOf(tally, seconds),
    servedBy: sidesOf(tally, seconds),
    reads: { ...reads },
    checkouts: { ...checkouts },
    unexpectedBy: Object.fromEntries(tally.unexpectedBy),
    examples,
  };
}

function stepsOf({ histograms }: Tally, seconds: number): LoadReport['actions'] {
  return Object.fromEntries(
    STEPS.filter((step) => histograms.has(step)).map((step): [Step, StepReport] => {
      const sides = [...(histograms.get(step) ?? [])];
      const servedBy = Object.fromEntries(sides.map(([side, { totalCount }]) => [side, totalCount]));
      const answers = sides.map(([, histogram]) => histogram);
      return [step, { ...summary(answers, seconds), servedBy }];
    }),
  );
}

function sidesOf({ histograms }: Tally, seconds: number): LoadReport['servedBy'] {
  const names = new Set([...histograms.values()].flatMap((sides) => [...sides.keys()]));
  return Object.fromEntries(
    [...names].sort().map((name) => {
      const answers = [...histograms.values()].flatMap((sides) => sides.get(name) ?? []);
      const { requests, latencyMs } = summary(answers, seconds);
      return [name, { requests, latencyMs }];
    }),
  );
}

function summary(histograms: readonly Histogram[], seconds: number) {
  const histogram = merge(histograms);
  const requests = histogram.totalCount;
  return { requests, rate: seconds > 0 ? round(requests / seconds) : 0, latencyMs: latencyOf(histogram) };
}

const round = (value: number) => Math.round(value * 10) / 10;
