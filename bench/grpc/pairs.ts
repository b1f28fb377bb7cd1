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
  readonly server: EdgeKind | 'monolith' | 'catalog';
  readonly caller: CallerKind;
  readonly traced?: true;
}

export const PAIRS = {
  grpc: { server: 'grpc', caller: 'grpc' },
  grpcUnvalidated: { server: 'grpc-unvalidated', caller: 'grpc' },
  grpcBare: { server: 'grpc-bare', caller: 'grpc-bare' },
  grpcTraced: { server: 'grpc', caller: 'grpc', traced: true },
  express: { server: 'express', caller: 'undici' },
  expressUnvalidated: { server: 'express-unvalidated', caller: 'undici' },
  expressBare: { server: 'express-bare', caller: 'undici' },
  expressTraced: { server: 'express', caller: 'undici', traced: true },
  expressByFetch: { server: 'express', caller: 'fetch' },
  http: { server: 'http', caller: 'undici' },
  monolith: { server: 'monolith', caller: 'undici' },
  catalog: { server: 'catalog', caller: 'grpc-catalog' },
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

/** The server's half, whichever process it is. */
export interface MeasuredServer {
  readonly port: number;
  /** Of the PostgreSQL that it asks, if it does. */
  readonly postmaster?: number;
  /** So far, user and system; NaN where the system does not tell. */
  cpuSeconds(): Promise<number>;
  stop(): Promise<void>;
}

export interface PairOptions {
  /** Of the long list. */
  readonly products: number;
  /** Where a traced pair sends its spans. */
  readonly endpointFor: (pair: PairName) => string;
  /** Starts the shop's own catalog. */
  readonly startCatalog: (side: 'monolith' | 'catalog') => Promise<MeasuredServer>;
  readonly shutdown: Shutdown;
}

/** Enough that the connection's own bytes, and the first use of every header, are no matter. */
const COUNTED_CALLS = { few: 100, whole: 2 };
const AT_MOST_SECONDS = 60;

export async function startPair(
  name: PairName,
  { products, endpointFor, startCatalog, shutdown }: PairOptions,
): Promise<Pair> {
  const { server, caller, traced }: PairSpec = PAIRS[name];
  const settings = { OTEL_EXPORTER_OTLP_ENDPOINT: traced ? endpointFor(name) : '' };
  const start = async (script: string, extra: Readonly<Record<string, string>>) => {
    const child = await startChild(`${name}, ${script}`, script, { ...settings, ...extra });
    shutdown.onStop(script, () => child.stop());
    return child;
  };
  const startEdge = async (edge: EdgeKind) =>
    edgeOf(await start('bench/grpc/edges/main.ts', { BENCH_EDGE: edge, BENCH_PRODUCTS: String(products) }));
  const [measured, client] = await Promise.all([
    server === 'monolith' || server === 'catalog' ? startCatalog(server) : startEdge(server),
    start('bench/grpc/calls/main.ts', {}),
  ]);
  return pairOf(caller, measured, client);
}

async function edgeOf({ port: control, name, stop }: Child): Promise<MeasuredServer> {
  const state = () => order<EdgeState>(control, name, {});
  return { port: (await state()).port, cpuSeconds: async () => (await state()).cpuSeconds, stop };
}

function pairOf(caller: CallerKind, server: MeasuredServer, client: Child): Pair {
  const { port } = server;
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
    measure: (load, seconds) => measureLoop([server], server.postmaster, () => run({ ...load, seconds })),

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
