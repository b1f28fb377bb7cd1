// What the switch keeps, as its contract has it.
import type {
  AuditEntry as WireEntry,
  CapabilityShadow as WireShadow,
  Mismatch as WireMismatch,
  ShadowCounts as WireCounts,
} from '../../generated/protos/shop/strangler/v1/strangler.ts';
import { planFromWire, planToWire } from '../plans/messages.ts';
import { defaultPlan } from '../plans/plan.ts';
import type { CapabilityShadow, Mismatch, ShadowCounts } from './evidence-store.ts';
import type { AuditEntry } from './plan-store.ts';

export const entryToWire = ({ before, after, ...entry }: AuditEntry): WireEntry => ({
  ...entry,
  before: planToWire(before),
  after: planToWire(after),
});

export const entryFromWire = ({ before, after, at, ...entry }: WireEntry): AuditEntry => ({
  ...entry,
  at: at ?? new Date(0),
  before: before === undefined ? defaultPlan('') : planFromWire(before),
  after: after === undefined ? defaultPlan('') : planFromWire(after),
});

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
