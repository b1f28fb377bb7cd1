// npm run bench -- grpc: the whole run: the same handlers behind Express and behind gRPC, section by section.
import { createLogger } from '#platform/logger.ts';
import { SetupError } from '#platform/setup-error.ts';
import { createShutdown } from '#platform/shutdown.ts';
import { currentLoad, describeMachine, type Machine } from '../machine.ts';
import { measureSection, type CellFigures } from './figures.ts';
import type { PairName } from './pairs.ts';
import { createPairPool, type PairPool, type SpanCount } from './pool.ts';
import { sections, type SectionName } from './sections.ts';
import { openSpanSink } from './span-sink.ts';

export interface GrpcBenchOptions {
  readonly sections: readonly SectionName[];
  /** Of the long list. */
  readonly products: number;
  /** For each figure, in all rounds together. */
  readonly seconds: number;
  readonly rounds: number;
  /** For each figure, before it is measured. */
  readonly warmUpSeconds: number;
  /** Ends the run early: everything that was started is stopped. */
  readonly signal?: AbortSignal;
  readonly onStep: (step: string) => void;
}

export interface SectionFigures {
  readonly name: SectionName;
  readonly title: string;
  readonly against: string;
  readonly cells: readonly CellFigures[];
}

export interface GrpcReport {
  readonly machine: Machine;
  readonly loadAfter: number;
  readonly sections: readonly SectionFigures[];
  readonly spans: readonly SpanCount[];
}

/** @throws {SetupError} where a process does not start, or two edges answer differently. */
export async function benchGrpc(options: GrpcBenchOptions): Promise<GrpcReport> {
  const shutdown = createShutdown(createLogger({ name: 'bench', level: 'error', format: 'json' }));
  const interrupted = new Promise<never>((_, reject) =>
    options.signal?.addEventListener('abort', () => reject(new SetupError('interrupted'))),
  );
  interrupted.catch(() => undefined);

  async function run(): Promise<GrpcReport> {
    const machine = await describeMachine();
    const sink = await openSpanSink();
    shutdown.onStop('span sink', () => sink.stop());
    const pool = createPairPool(options.products, sink, shutdown);
    const figures: SectionFigures[] = [];
    for (const [index, name] of options.sections.entries()) {
      figures.push(await runSection(name, options, pool));
      await pool.keepOnly(pairsOf(options.sections.slice(index + 1), options));
    }
    return { machine, sections: figures, spans: pool.spans(), loadAfter: currentLoad() };
  }

  try {
    return await Promise.race([run(), interrupted]);
  } finally {
    await shutdown.stop();
  }
}

const pairsOf = (names: readonly SectionName[], { products }: GrpcBenchOptions): readonly PairName[] => [
  ...new Set(names.flatMap((name) => sections(products)[name].cells.map(({ pair }) => pair))),
];

async function runSection(
  name: SectionName,
  options: GrpcBenchOptions,
  pool: PairPool,
): Promise<SectionFigures> {
  const { products, seconds, rounds, onStep } = options;
  const section = sections(products)[name];
  onStep(`${name}, starting processes`);
  const started = await pool.start(pairsOf([name], options));
  const cells = await measureSection(name, section, started, { ...options, seconds: seconds / rounds });
  return { name, title: section.title, against: section.against, cells };
}
