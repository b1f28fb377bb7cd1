// What a run has found, as one plain object, and what that is worth.
import type { Counts } from './load/history.ts';
import type { Finding } from './invariants/invariant.ts';
import type { Gap, Switches } from './nemesis/switches.ts';
import type { Bounds } from './options.ts';
import type { ShopHistory } from './shop/history.ts';

export interface Spread {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export interface Report {
  readonly outcome: 'passed' | 'violated' | 'inconclusive';
  /** Why it did not pass. */
  readonly reasons: readonly string[];
  readonly seed: number;
  readonly seconds: number;
  readonly writes: Counts & {
    /** Of those that failed or are unknown: what their keys say. */
    readonly unknownDone: number;
  };
  readonly switches: Switches['counts'];
  /** Milliseconds from the last write accepted before a switch to the first after it. */
  readonly gapsMs: { readonly planned: Spread | null; readonly underFaults: Spread | null };
  /** The same of the load through the gateway, and of the catalog. */
  readonly shop?: {
    readonly calls: ShopHistory['counts'];
    readonly switches: Switches['counts'];
    readonly gapsMs: Report['gapsMs'];
  };
  readonly faults: Readonly<Record<string, number>>;
  readonly ownerLooks: number;
  readonly invariants: readonly {
    readonly invariant: string;
    readonly checked: number;
    readonly violations: number;
  }[];
  /** Only where something is violated: the first findings, each with what went on around it. */
  readonly findings: readonly (Pick<Finding, 'text'> & { readonly trace: readonly string[] })[];
}

export function spread(values: readonly number[]): Spread | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((one, other) => one - other);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] as number;
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) };
}

export const spreadsOf = (gaps: readonly Gap[]): Report['gapsMs'] => ({
  planned: spread(gaps.filter(({ disturbed }) => !disturbed).map(({ ms }) => ms)),
  underFaults: spread(gaps.filter(({ disturbed }) => disturbed).map(({ ms }) => ms)),
});

/** A violation counts however short the run was; a run without one counts only if it was long enough. */
export function decide(
  {
    switches,
    shop,
    faults,
    writes,
    invariants,
  }: Pick<Report, 'switches' | 'shop' | 'faults' | 'writes' | 'invariants'>,
  bounds: Bounds,
  interrupted: boolean,
): Pick<Report, 'outcome' | 'reasons'> {
  const violated = invariants
    .filter(({ violations }) => violations > 0)
    .map(({ invariant, violations }) => `${violations} × not so: ${invariant}`);
  if (violated.length > 0) return { outcome: 'violated', reasons: violated };
  const reasons: string[] = [];
  if (interrupted) reasons.push('it was interrupted');
  if (switches.moved < bounds.switches) reasons.push(`${switches.moved} switches of ${bounds.switches}`);
  if (shop !== undefined && shop.switches.moved < bounds.switches)
    reasons.push(`${shop.switches.moved} switches of the catalog of ${bounds.switches}`);
  if (writes.acknowledged < bounds.acknowledged)
    reasons.push(`${writes.acknowledged} acknowledged writes of ${bounds.acknowledged}`);
  for (const [name, count] of Object.entries(faults))
    if (count < bounds.eachFault) reasons.push(`${count} × ${name} of ${bounds.eachFault}`);
  for (const { invariant, checked } of invariants)
    if (checked === 0) reasons.push(`nothing to tell by whether ${invariant}`);
  return { outcome: reasons.length > 0 ? 'inconclusive' : 'passed', reasons };
}
