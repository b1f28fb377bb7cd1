// switch reads, switch shadow: changes one percentage of a plan, unless somebody else has changed the plan meanwhile.
import { planFromWire } from '../plans/messages.ts';
import type { Plan, Reads } from '../plans/plan.ts';
import { SetupError } from '#platform/setup-error.ts';
import { whoAmI, withSwitch } from './client.ts';
import { findCapability } from './find-replicas.ts';
import type { Output } from './replicate.ts';

export interface PercentChange {
  readonly capability: string;
  readonly verb: 'reads' | 'shadow';
  /** Whole, 0 to 100. */
  readonly percent: number;
  /** Of the plan that the caller has in mind; the one that stands now without it. */
  readonly version?: number | undefined;
}

const FIELDS = { reads: 'servicePercent', shadow: 'shadowPercent' } as const satisfies Record<
  PercentChange['verb'],
  keyof Reads
>;

export async function runSetPercent(
  { capability, verb, percent, version }: PercentChange,
  { json, print }: Pick<Output, 'json' | 'print'>,
): Promise<void> {
  findCapability(capability);
  const plan = await withSwitch(async (client) => {
    const seen = version ?? (await client.getPlan({ capability })).plan?.version ?? 0;
    const change = { capability, version: BigInt(seen), who: whoAmI(), verb };
    const wanted = { servicePercent: undefined, shadowPercent: undefined, [FIELDS[verb]]: percent };
    const answer = await client.setPlan({ ...change, ...wanted });
    if (answer.plan === undefined) throw new SetupError('the switch has answered without a plan');
    return planFromWire(answer.plan);
  });
  print(json ? JSON.stringify(plan) : formatPlan(plan));
}

/** `catalog: canary, 25 % of reads at the service, 10 % shadowed (plan version 3)`. */
export const formatPlan = ({ capability, phase, ...plan }: Plan): string =>
  `${capability}: ${phase}, ${formatReads(plan)}`;

export const formatReads = ({ reads, version }: Pick<Plan, 'reads' | 'version'>): string =>
  `${reads.servicePercent} % of reads at the service, ${reads.shadowPercent} % shadowed (plan version ${version})`;
