// Plans as the contract has them, and as the code has them.
import {
  Phase as WirePhase,
  type Plan as WirePlan,
} from '../../generated/protos/shop/strangler/v1/strangler.ts';
import type { Phase, Plan } from './plan.ts';

const PHASES: Readonly<Record<Phase, WirePhase>> = {
  monolith: WirePhase.PHASE_MONOLITH,
  replicating: WirePhase.PHASE_REPLICATING,
  shadowing: WirePhase.PHASE_SHADOWING,
  canary: WirePhase.PHASE_CANARY,
  'reads-on-service': WirePhase.PHASE_READS_ON_SERVICE,
};

export const planToWire = ({ capability, reads, phase, version }: Plan): WirePlan => ({
  capability,
  reads,
  phase: PHASES[phase],
  version: BigInt(version),
});

/** A phase of a later switch, which this process does not know, is as good as none: routing goes by the percentages. */
export function planFromWire({ capability, reads, phase, version }: WirePlan): Plan {
  const known = (Object.keys(PHASES) as Phase[]).find((name) => PHASES[name] === phase);
  const { servicePercent = 0, shadowPercent = 0 } = reads ?? {};
  return {
    capability,
    reads: { servicePercent, shadowPercent },
    phase: known ?? 'monolith',
    version: Number(version),
  };
}
