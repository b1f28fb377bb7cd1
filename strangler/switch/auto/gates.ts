// Whether a step may be left: what was measured, held against its bounds. Too little to judge by is never enough.
import type { World } from './decide.ts';

/** Reads of the capability. */
export interface SideFigures {
  readonly requests: number;
  readonly failed: number;
  /** Milliseconds; null where nothing was measured. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
}

/** Since the last action, but for what is compared, which counts since the run began. */
export interface Measured {
  /** Since the last action. */
  readonly sinceMs: number;
  readonly service: SideFigures;
  /** Now, or before it had too little left to measure. */
  readonly monolith: SideFigures;
  readonly compared: number;
  readonly mismatches: number;
  /** Of the replica; null where nobody can tell. */
  readonly lagMs: number | null;
}

export interface Bounds {
  /** Answers to be compared before anybody reads from the service. */
  readonly compared: number;
  /** Reads from each side, before a step is left. */
  readonly requests: number;
  /** Of the reads from the service, above the monolith's: 0 to 1. */
  readonly errorRate: number;
  /** The service's may be so many times the monolith's, and so much more. */
  readonly slowdown: number;
  readonly p50MoreMs: number;
  readonly p99MoreMs: number;
  readonly lagMs: number;
  /** Of each step, at least. */
  readonly stepMs: number;
  readonly soakMs: number;
  /** How long samples are waited for. */
  readonly patienceMs: number;
  readonly shadowPercent: number;
}

export const BOUNDS: Bounds = {
  ...{ compared: 3_000, requests: 300, errorRate: 0.005, slowdown: 2, p50MoreMs: 20, p99MoreMs: 75 },
  ...{ lagMs: 1_000, stepMs: 10_000, soakMs: 60_000, patienceMs: 600_000, shadowPercent: 20 },
};

/** Of fewer, a p99 is the slowest of them or the next one: whatever the machine did beside. */
const P99_REQUESTS = 300;

export type Gate = { readonly is: 'passed' } | { readonly is: 'failed' | 'unknown'; readonly reason: string };

/** A failure is told as soon as it is sure; all else waits for its samples. */
export function judgeGates(world: World, measured: Measured, bounds: Bounds): Gate {
  const gates = [
    compared(world, measured, bounds),
    ...(world.readsPercent > 0 ? reads(measured, bounds) : [enoughOfTheMonolith(measured, bounds)]),
    lag(measured, bounds),
    time(world, measured, bounds),
  ];
  return (
    gates.find(({ is }) => is === 'failed') ?? gates.find(({ is }) => is === 'unknown') ?? { is: 'passed' }
  );
}

function compared({ owner, readsPercent }: World, measured: Measured, bounds: Bounds): Gate {
  if (measured.mismatches > 0) return failed('answers that differ', String(measured.mismatches), '0');
  // A run that goes on after a crash behind this step has its proof behind it.
  if (owner === 'service' || readsPercent > 0 || measured.compared >= bounds.compared) return PASSED;
  return unknown('answers compared', measured.compared, bounds.compared);
}

function reads({ service, monolith }: Measured, bounds: Bounds): readonly Gate[] {
  const { requests, errorRate, slowdown, p50MoreMs, p99MoreMs } = bounds;
  const allowed = rateOf(monolith) + errorRate;
  // Sure as soon as even no further failure could bring it below the bound; never by a single one.
  const errors =
    service.failed > 1 && service.failed > allowed * Math.max(service.requests, requests)
      ? failed('errors of the service', percent(rateOf(service)), `${percent(allowed)} of its reads`)
      : PASSED;
  if (service.requests < requests)
    return [errors, unknown('reads from the service', service.requests, requests)];
  if (monolith.requests < requests)
    return [errors, unknown('reads from the monolith, to compare with', monolith.requests, requests)];
  const slow = (name: string, of: 'p50Ms' | 'p99Ms', moreMs: number): Gate => {
    const [measuredMs, baseMs] = [service[of], monolith[of]];
    if (measuredMs === null || baseMs === null) return unknown(name, 0, 1);
    const boundMs = slowdown * baseMs + moreMs;
    return measuredMs <= boundMs ? PASSED : failed(`${name} of the service`, ms(measuredMs), ms(boundMs));
  };
  return [
    errors,
    slow('p50', 'p50Ms', p50MoreMs),
    ...(service.requests < P99_REQUESTS ? [] : [slow('p99', 'p99Ms', p99MoreMs)]),
  ];
}

const enoughOfTheMonolith = ({ monolith }: Measured, { requests }: Bounds): Gate =>
  monolith.requests >= requests ? PASSED : unknown('reads from the monolith', monolith.requests, requests);

function lag({ lagMs }: Measured, bounds: Bounds): Gate {
  if (lagMs === null) return { is: 'unknown', reason: 'nobody can tell how late the replica is' };
  return lagMs <= bounds.lagMs ? PASSED : failed('lag of the replica', ms(lagMs), ms(bounds.lagMs));
}

function time({ owner }: World, { sinceMs }: Measured, { stepMs, soakMs }: Bounds): Gate {
  const needed = owner === 'service' ? soakMs : stepMs;
  return sinceMs >= needed ? PASSED : unknown('seconds of this step', seconds(sinceMs), seconds(needed));
}

const PASSED: Gate = { is: 'passed' };
const failed = (what: string, measured: string, bound: string): Gate => ({
  is: 'failed',
  reason: `${what}: ${measured} (bound ${bound})`,
});
const unknown = (what: string, measured: number, needed: number): Gate => ({
  is: 'unknown',
  reason: `${what}: ${measured} of ${needed}`,
});

const rateOf = ({ requests, failed: count }: SideFigures) => (requests === 0 ? 0 : count / requests);
const percent = (rate: number) => `${(100 * rate).toFixed(2)} %`;
const ms = (value: number) => `${value.toFixed(1)} ms`;
const seconds = (value: number) => Math.floor(value / 1_000);
