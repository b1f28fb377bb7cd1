// What the switch keeps, as its contract has it.
import type {
  AuditEntry as WireEntry,
  MoveStep as WireStep,
  Right as WireRight,
  CapabilityShadow as WireShadow,
  Mismatch as WireMismatch,
  ShadowCounts as WireCounts,
} from '../../generated/protos/shop/strangler/v1/strangler.ts';
import { planFromWire, planToWire } from '../plans/messages.ts';
import { defaultPlan } from '../plans/plan.ts';
import type { CapabilityShadow, Mismatch, ShadowCounts } from './evidence-store.ts';
import type { Ownership } from '../ownership/ownership.ts';
import type { AuditEntry, Step } from './plan-store.ts';

export function entryToWire(entry: AuditEntry): WireEntry {
  const { id, at, who, verb } = entry;
  const noted = { id, at, who, verb };
  if ('step' in entry) return { ...noted, before: undefined, after: undefined, step: stepToWire(entry.step) };
  return { ...noted, before: planToWire(entry.before), after: planToWire(entry.after), step: undefined };
}

export function entryFromWire({ before, after, step, at = new Date(0), ...noted }: WireEntry): AuditEntry {
  if (step !== undefined) return { ...noted, at, step: stepFromWire(step) };
  return {
    ...noted,
    at,
    before: before === undefined ? defaultPlan('') : planFromWire(before),
    after: after === undefined ? defaultPlan('') : planFromWire(after),
  };
}

const stepToWire = ({ before, after, reason, ...step }: Step): WireStep => ({
  ...step,
  before: rightToWire(before),
  after: rightToWire(after),
  reason,
});

const stepFromWire = ({ before, after, reason, ...step }: WireStep): Step => ({
  ...step,
  before: rightFromWire(before),
  after: rightFromWire(after),
  ...(reason === undefined ? {} : { reason }),
});

const rightToWire = (right: Ownership | null): WireRight | undefined =>
  right === null
    ? undefined
    : {
        ...right,
        epoch: BigInt(right.epoch),
        attempt: BigInt(right.attempt),
        target: right.target ?? undefined,
      };

const rightFromWire = (right: WireRight | undefined): Ownership | null =>
  right === undefined
    ? null
    : {
        epoch: Number(right.epoch),
        attempt: Number(right.attempt),
        owner: right.owner as Ownership['owner'],
        state: right.state as Ownership['state'],
        target: (right.target ?? null) as Ownership['target'],
      };

export const mismatchToWire = ({ differences, ...mismatch }: Mismatch): WireMismatch => ({
  ...mismatch,
  differences: differences.map(({ at, monolith, service }) => ({ at, monolith, service })),
});

export const mismatchFromWire = ({ at, request, ...mismatch }: WireMismatch): Mismatch => ({
  ...mismatch,
  at: at ?? new Date(0),
  request: request ?? { method: '', path: '' },
});

export const countsToWire = ({ match, mismatch, lag, inconclusive }: ShadowCounts): WireCounts => ({
  match: BigInt(match),
  mismatch: BigInt(mismatch),
  lag: BigInt(lag),
  inconclusive: BigInt(inconclusive),
});

export const countsFromWire = (counts: WireCounts | undefined): ShadowCounts => ({
  match: Number(counts?.match ?? 0n),
  mismatch: Number(counts?.mismatch ?? 0n),
  lag: Number(counts?.lag ?? 0n),
  inconclusive: Number(counts?.inconclusive ?? 0n),
});

export const shadowToWire = ({ capability, counts, reportedAt }: CapabilityShadow): WireShadow => ({
  capability,
  counts: countsToWire(counts),
  reportedAt,
});
