// What is to be done with the requests of a capability, and where a process has that from.

/** How far a capability has come. It follows from the percentages, and from whether the tables are replicated. */
export type Phase = 'monolith' | 'replicating' | 'shadowing' | 'canary' | 'reads-on-service';

export interface Reads {
  /** The share of customers whom the service answers: whole, 0 to 100. */
  readonly servicePercent: number;
  /** The share of reads that are copied to the other side, to compare the answers: whole, 0 to 100. */
  readonly shadowPercent: number;
}

export interface Plan {
  /** `catalog`. */
  readonly capability: string;
  readonly reads: Reads;
  readonly phase: Phase;
  /** Grows by one with every change of `reads`; 0 before the first. */
  readonly version: number;
}

/** By the name of the capability. */
export type Plans = ReadonlyMap<string, Plan>;

export interface PlanSource {
  /** As they are known at this moment: the same object until one of them changes. */
  readonly current: () => Plans;
  readonly stop: () => Promise<void>;
}

/** What holds for a capability that nobody has planned anything for: everything stays as it was. */
export const defaultPlan = (capability: string): Plan => ({
  capability,
  reads: { servicePercent: 0, shadowPercent: 0 },
  phase: 'monolith',
  version: 0,
});

export const planOf = (plans: Plans, capability: string): Plan =>
  plans.get(capability) ?? defaultPlan(capability);

export function phaseOf({ servicePercent, shadowPercent }: Reads, replicated: boolean): Phase {
  if (servicePercent === 100) return 'reads-on-service';
  if (servicePercent > 0) return 'canary';
  if (shadowPercent > 0) return 'shadowing';
  return replicated ? 'replicating' : 'monolith';
}

/** For a process that follows no switch. */
export const noPlans = (): PlanSource => ({ current: () => NONE, stop: () => Promise.resolve() });

const NONE: Plans = new Map();
