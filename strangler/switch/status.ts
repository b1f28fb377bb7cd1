// switch status: how the capabilities stand: their plans, what comparing has shown, and their replication.
import { defaultPlan, phaseOf, type Phase, type Plan } from '../plans/plan.ts';
import type { Replica } from '../ownership/replica.ts';
import { formatStatus } from '../ownership/status-text.ts';
import { readStatus, type Status } from '../ownership/status.ts';
import type { ShadowCounts } from './evidence-store.ts';
import type { Known } from './known-plans.ts';
import type { Output } from './replicate.ts';
import { formatReads } from './set-percent.ts';

export type CapabilityStatus = Omit<Status, 'phase'> & {
  readonly phase: Phase | 'writes-on-service';
  /** Null where nobody can tell. */
  readonly plan: Plan | null;
  /** Null where the switch does not answer, or nothing was compared. */
  readonly shadow: ShadowCounts | null;
};

export async function runStatus(
  replicas: readonly Replica[],
  known: Known,
  { json, print }: Pick<Output, 'json' | 'print'>,
): Promise<void> {
  const capabilities: CapabilityStatus[] = [];
  for (const replica of replicas) capabilities.push(withPlan(await readStatus(replica), known));
  if (json) return print(JSON.stringify({ switch: { problems: known.problems }, capabilities }));
  for (const status of capabilities) print(formatCapability(status));
  for (const problem of known.problems) print(`! ${problem}`);
}

function withPlan(status: Status, { plans, shadow }: Known): CapabilityStatus {
  const { capability, right } = status;
  // Who owns stands in no plan.
  const moved = right?.owner === 'service' ? { phase: 'writes-on-service' as const } : {};
  if (plans === null) return { ...status, ...moved, plan: null, shadow: null };
  const stored = plans.get(capability) ?? defaultPlan(capability);
  const phase = phaseOf(stored.reads, status.phase === 'replicating');
  const plan = { ...stored, phase };
  return { ...status, phase, ...moved, plan, shadow: shadow?.get(capability) ?? null };
}

function formatCapability({ plan, shadow, ...status }: CapabilityStatus): string {
  const [head = '', ...replication] = formatStatus({
    ...status,
    phase: status.phase === 'monolith' ? 'monolith' : 'replicating',
  }).split('\n');
  return [
    head.replace(/: \w+/, `: ${status.phase}`),
    ...(plan !== null && status.phase !== 'monolith' ? [`  plan      ${formatReads(plan)}`] : []),
    ...(shadow === null ? [] : [`  compared  ${formatCounts(shadow)}`]),
    ...replication,
  ].join('\n');
}

const formatCounts = ({ match, mismatch, lag, inconclusive }: ShadowCounts) =>
  `${match} alike, ${mismatch} different, ${lag} late, ${inconclusive} inconclusive`;
