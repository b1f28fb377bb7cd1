// Who is measured: an edge and the caller that goes with it, each a process of its own.
import { startChild, type Child } from '#platform/children.ts';
import type { Shutdown } from '#platform/shutdown.ts';
import type { LoopResult } from '../client/loop.ts';
import { order } from '../client/orders.ts';
import { measureLoop, type Measurement } from '../measure.ts';
import type { EdgeKind, EdgeState } from './edges/kinds.ts';
import { openRelay, type Bytes } from './relay.ts';
import type { CallerKind, CallerOrder, Work } from './work.ts';

interface PairSpec {
  readonly edge: EdgeKind;
  readonly caller: CallerKind;
  readonly traced?: true;
}

export const PAIRS = {
  grpc: { edge: 'grpc', caller: 'grpc' },
  grpcUnvalidated: { edge: 'grpc-unvalidated', caller: 'grpc' },
  grpcBare: { edge: 'grpc-bare', caller: 'grpc-bare' },
  grpcTraced: { edge: 'grpc', caller: 'grpc', traced: true },
  express: { edge: 'express', caller: 'undici' },
  expressUnvalidated: { edge: 'express-unvalidated', caller: 'undici' },
  expressBare: { edge: 'express-bare', caller: 'undici' },
  expressTraced: { edge: 'express', caller: 'undici', traced: true },
  expressByFetch: { edge: 'express', caller: 'fetch' },
  http: { edge: 'http', caller: 'undici' },
} as const satisfies Readonly<Record<string, PairSpec>>;
export type PairName = keyof typeof PAIRS;

/** What is asked, and by how many at once. */
export type Load = Pick<CallerOrder, 'work' | 'parallel' | 'connections'>;

export interface Pair {
  measure(load: Load, seconds: number): Promise<Measurement>;
  /** Of one call, on a connection that stands: headers and frames included. */
  countBytes(work: Work): Promise<Bytes>;
  /** What one such call is answered with. */
  show(work: Work): Promise<unknown>;
  /** Made so far. */
  calls(): number;
  stop(): Promise<void>;
}

export interface PairOptions {
  /** Of the long list. */
  readonly products: number;
  /** Where a traced pair sends its spans. */
  readonly endpointFor: (pair: PairName) => string;
  readonly shutdown: Shutdown;
}

/** Enough that the connection's own bytes, and the first use of every header, are no matter. */
const COUNTED_CALLS = { few: 100, whole: 2 };
const AT_MOST_SECONDS = 60;

export async function startPair(
  name: PairName,
  { products, endpointFor, shutdown }: PairOptions,
): Promise<Pair> {
  const { edge, caller, traced }: PairSpec = PAIRS[name];
  const settings = { OTEL_EXPORTER_OTLP_ENDPOINT: traced ? endpointFor(name) : '' };
  const start = async (script: string, extra: Readonly<Record<string, string>>) => {
    const child = await startChild(`${name}, ${script}`, script, { ...settings, ...extra });
    shutdown.onStop(script, () => child.stop());
    return child;
  };
  const children = await Promise.all([
    start('bench/grpc/edges/main.ts', { BENCH_EDGE: edge, BENCH_PRODUCTS: String(products) }),
    start('bench/grpc/calls/main.ts', {}),
  ]);
  return pairOf(caller, ...children);
}

async function pairOf(caller: CallerKind, server: Child, client: Child): Promise<Pair> {
  const stateOf = () => order<EdgeState>(server.port, server.name, {});
  const { port } = await stateOf();
  let calls = 0;

  async function run(words: Omit<CallerOrder, 'caller' | 'address'>, to = port): Promise<LoopResult> {
    const toldTo: CallerOrder = { ...words, caller, address: `127.0.0.1:${to}` };
    const result = await order<LoopResult>(client.port, client.name, toldTo);
    const failed = Object.values(result.errors).reduce((sum, count) => sum + count, 0);
    calls += words.parallel + result.requests + failed;
    return result;
  }

  async function bytesOf(work: Work, count: number): Promise<Bytes> {
    const relay = await openRelay(port);
    const few = { parallel: 1, connections: 1, seconds: AT_MOST_SECONDS };
    try {
      await run({ work, ...few, calls: count }, relay.port);
      return relay.count();
    } finally {
      await relay.close();
    }
  }

  return {
    measure: (load, seconds) =>
      measureLoop([{ cpuSeconds: async () => (await stateOf()).cpuSeconds }], undefined, () =>
        run({ ...load, seconds }),
      ),

    async countBytes(work) {
      const counted =
        work.kind === 'whole' || work.kind === 'pages' ? COUNTED_CALLS.whole : COUNTED_CALLS.few;
      const before = await bytesOf(work, 1);
      const after = await bytesOf(work, 1 + counted);
      return {
        sent: (after.sent - before.sent) / counted,
        received: (after.received - before.received) / counted,
      };
    },

    async show(work) {
      calls += 1;
      const once = { caller, address: `127.0.0.1:${port}`, parallel: 1, connections: 1, seconds: 1 };
      return order<unknown>(client.port, client.name, { ...once, work, show: true } satisfies CallerOrder);
    },

    calls: () => calls,

    async stop() {
      await client.stop();
      await server.stop();
    },
  };
}
