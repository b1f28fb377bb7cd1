// One shape measured once: as much as it can bear, then a steady rate, and what its processes took for that.
import { SetupError } from '#platform/setup-error.ts';
import type { Latency } from '../load/histogram.ts';
import type { LoadOptions } from '../load/options.ts';
import { isByService } from '../load/reads.ts';
import type { LoadReport, Step, StepReport } from '../load/report.ts';
import { runLoad } from '../load/run-load.ts';
import type { Shop } from './shop.ts';
import { cpuSeconds, memory, type Figure } from './usage.ts';

export interface RoundOptions {
  /** That are measured, of each of the two kinds of traffic. */
  readonly seconds: number;
  /** Actions a second. */
  readonly rate: number;
  /** Actions at once, where as much is asked for as the shop can bear. */
  readonly inFlight: number;
  readonly customers: number;
  /** Gives the same actions, whatever the shape. */
  readonly seed: number;
  readonly signal: AbortSignal;
  readonly onStep: (step: string) => void;
}

export interface Round {
  readonly startSeconds: number;
  /** Answers a second, with so many actions in flight all the time. */
  readonly throughput: number;
  /** In milliseconds, at the steady rate. */
  readonly latencyMs: { readonly all: Latency; readonly product: Latency; readonly list: Latency };
  /** Of the catalog's reads at the steady rate, the part that a service answered: 0 to 1. */
  readonly servedByService: number;
  /** By role, in milliseconds for each request, at the steady rate. */
  readonly cpuMs: Readonly<Record<string, Figure>>;
  /** By role, in MiB, right after the steady rate. */
  readonly memoryMiB: Readonly<Record<string, Figure>>;
  /** What makes the figures worthless: one line each. */
  readonly faults: readonly string[];
  /** What makes them doubtful. */
  readonly doubts: readonly string[];
}

/** More than a shop can answer here; what it cannot take is dropped, so that those in flight are always as many. */
const FLAT_OUT_RATE = 3_000;
/** By then the code is compiled, and the pools are full. Whole seconds, as progress is told. */
const WARM_UP_FLAT_OUT_S = 5;
const WARM_UP_S = 2;
/** Less than this share dropped: the shop has answered nearly all that it was asked, and could have more. */
const BARELY_DROPPED = 0.1;
const CATALOG_STEPS = ['browse', 'index'] as const;

export async function measureRound(shop: Shop, options: RoundOptions): Promise<Round> {
  const { seconds, rate, inFlight, customers, seed, signal, onStep } = options;
  const common = { url: shop.url, duration: seconds, customers, seed, signal };
  const flatOut = await load({
    ...{ options: { ...common, rate: FLAT_OUT_RATE, maxInFlight: inFlight, warmup: WARM_UP_FLAT_OUT_S } },
    onStep: (phase) => onStep(`flat out, ${phase}`),
  });
  let begun: Snapshot | undefined;
  let ended: Snapshot | undefined;
  const steady = await load({
    options: { ...common, rate, warmup: WARM_UP_S },
    onStep(phase) {
      if (phase === 'measuring') begun ??= snapshot(shop);
      if (phase === 'finishing') ended ??= snapshot(shop);
      onStep(`${rate} a second, ${phase}`);
    },
  });
  ended ??= snapshot(shop);
  const cpuMs = cpuPerRequest(begun, ended, steady.rate);
  return {
    startSeconds: shop.startSeconds,
    throughput: flatOut.rate,
    latencyMs: {
      all: steady.latencyMs,
      product: latencyAt(steady, 'browse'),
      list: latencyAt(steady, 'index'),
    },
    servedByService: shareByService(steady),
    cpuMs,
    memoryMiB: memory(shop.roles),
    faults: [...faultsIn(flatOut), ...faultsIn(steady)],
    doubts: [
      ...(steady.verdict === 'inconclusive' ? steady.reasons : []),
      ...(flatOut.dropped < BARELY_DROPPED * flatOut.arrivals
        ? ['flat out it answered all that this program could ask: it can bear more']
        : []),
    ],
  };
}

interface LoadOrder {
  readonly options: LoadOptions;
  readonly onStep: (phase: string) => void;
}

/** @throws {SetupError} where it was interrupted. */
async function load({ options, onStep }: LoadOrder): Promise<LoadReport> {
  const report = await runLoad(options, ({ phase }) => onStep(phase));
  if (options.signal?.aborted) throw new SetupError('interrupted');
  return report;
}

interface Snapshot {
  readonly at: number;
  readonly cpu: Readonly<Record<string, Figure>>;
}

const snapshot = ({ roles }: Shop): Snapshot => ({ at: performance.now(), cpu: cpuSeconds(roles) });

/** Of the time between the two, whenever exactly that was. */
function cpuPerRequest(begun: Snapshot | undefined, { at, cpu }: Snapshot, requestsPerSecond: number) {
  const requests = begun === undefined ? 0 : (requestsPerSecond * (at - begun.at)) / 1_000;
  return Object.fromEntries(
    Object.entries(cpu).map(([role, after]) => {
      const before = begun?.cpu[role] ?? null;
      return [
        role,
        before === null || after === null || requests <= 0 ? null : ((after - before) * 1_000) / requests,
      ];
    }),
  );
}

const NOTHING: Latency = { p50: null, p90: null, p99: null, p999: null, max: null };
const latencyAt = ({ actions }: LoadReport, step: Step): Latency => actions[step]?.latencyMs ?? NOTHING;

function shareByService({ actions }: LoadReport): number {
  const reads = CATALOG_STEPS.flatMap((step) => actions[step] ?? []);
  const all = reads.reduce((sum, { requests }) => sum + requests, 0);
  return all === 0 ? 0 : reads.reduce((sum, step) => sum + byServices(step), 0) / all;
}

const byServices = ({ servedBy }: StepReport) =>
  Object.entries(servedBy).reduce(
    (sum, [name, count]) => sum + (isByService({ servedBy: name }) ? count : 0),
    0,
  );

function faultsIn({ verdict, reasons, unexpectedBy, requests }: LoadReport): readonly string[] {
  if (requests === 0) return ['nothing was measured'];
  if (verdict !== 'failed') return [];
  const kinds = Object.entries(unexpectedBy).map(([kind, count]) => `${count} × ${kind}`);
  return [[...reasons, ...kinds].join('; ')];
}
