// What the parallel run has found, and what it has left out, as counters.
import { Counter, type Registry } from 'prom-client';
import type { ShadowCounts } from '../../answers/verdict.ts';
import type { Reason } from './compare-sides.ts';

/** Why a sample was not compared: as many are under way as may be, or as many answers kept aside. */
export type Dropped = 'busy' | 'too_many_kept';

export type ShadowMetrics = ReturnType<typeof createShadowMetrics>;

/** @param against the side that answers are held against: with `monolith` it is the noise that is measured. */
export function createShadowMetrics(registry: Registry, against: 'service' | 'monolith') {
  const counter = <Label extends string>(name: string, help: string, labels: readonly Label[]) =>
    new Counter({ name, help, labelNames: ['capability', 'against', ...labels], registers: [registry] });
  const comparisons = counter('shadow_comparisons_total', 'Reads that were compared, by outcome', [
    'outcome',
  ]);
  const inconclusive = counter('shadow_inconclusive_total', 'Comparisons that came to nothing, by reason', [
    'reason',
  ]);
  const repeated = counter(
    'shadow_mismatches_repeated_total',
    'Mismatches that are counted already, of the same answer in the same minute',
    [],
  );
  const unreported = counter(
    'shadow_mismatches_unreported_total',
    'Mismatches that are counted, and not reported since there were too many',
    [],
  );
  const dropped = counter('shadow_samples_dropped_total', 'Reads that were to be compared, and were not', [
    'reason',
  ]);
  const counts = new Map<string, ShadowCounts>();

  function count(capability: string, outcome: keyof ShadowCounts): void {
    const before = counts.get(capability) ?? { match: 0, mismatch: 0, lag: 0, inconclusive: 0 };
    counts.set(capability, { ...before, [outcome]: before[outcome] + 1 });
    comparisons.inc({ capability, against, outcome });
  }

  return {
    /** Since the process began, by capability. */
    counts: (): ReadonlyMap<string, ShadowCounts> => counts,
    agreed: (capability: string, outcome: 'match' | 'lag') => count(capability, outcome),
    inconclusive(capability: string, reason: Reason) {
      count(capability, 'inconclusive');
      inconclusive.inc({ capability, against, reason });
    },
    mismatch(capability: string, reported: 'reported' | 'repeated' | 'unreported') {
      if (reported === 'repeated') return repeated.inc({ capability, against });
      count(capability, 'mismatch');
      if (reported === 'unreported') unreported.inc({ capability, against });
    },
    dropped: (capability: string, reason: Dropped) => dropped.inc({ capability, against, reason }),
  };
}
