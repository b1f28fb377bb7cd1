// npm run bench -- grpc: the whole run: the same handlers behind Express and behind gRPC, section by section.
import { createLogger } from '#platform/logger.ts';
import { SetupError } from '#platform/setup-error.ts';
import { createShutdown } from '#platform/shutdown.ts';
import { currentLoad, describeMachine, type Machine } from '../machine.ts';
import { openCatalogs, type Catalogs } from './catalogs.ts';
import { measureSection, type CellFigures } from './figures.ts';
import type { PairName } from './pairs.ts';
import { createPairPool, type PairPool, type SpanCount } from './pool.ts';
import { sections, type Section, type SectionName } from './sections.ts';
import { openSpanSink } from './span-sink.ts';

export interface GrpcBenchOptions {
  readonly sections: readonly SectionName[];
  /** Of the long list, and in the shop's catalog. */
  readonly products: number;
  /** For each figure, in all rounds together. */
  readonly seconds: number;
  readonly rounds: number;
  /** Of a pair that has just started, before its first figure. */
  readonly warmUpSeconds: number;
  /** Without fsync; for tests. */
  readonly disposable?: boolean;
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
    const { products, disposable = false, onStep } = options;
    const isAsked = options.sections.includes('catalog');
    if (isAsked) onStep(`seeding ${products} products, twice`);
    const catalogs = isAsked ? await openCatalogs({ products, disposable, shutdown }) : undefined;
    const machine = await describeMachine(catalogs?.pool);
    const sink = await openSpanSink();
    shutdown.onStop('span sink', () => sink.stop());
    const startCatalog: Catalogs['start'] = async (side) => {
      if (catalogs === undefined) throw new Error('nobody asked for the catalog');
      return catalogs.start(side);
    };
    const pool = createPairPool(sink, { products, startCatalog, shutdown });
    const all = sections(products, catalogs?.ids ?? []);
    const figures: SectionFigures[] = [];
    for (const [index, name] of options.sections.entries()) {
      figures.push(await runSection(name, all[name], pool, options));
      const later = options.sections.slice(index + 1).map((each) => all[each]);
      await pool.keepOnly(later[0]?.afresh ? [] : pairsOf(later));
    }
    return { machine, sections: figures, spans: pool.spans(), loadAfter: currentLoad() };
  }

  try {
    return await Promise.race([run(), interrupted]);
  } finally {
    await shutdown.stop();
  }
}

const pairsOf = (among: readonly Section[]): readonly PairName[] => [
  ...new Set(among.flatMap(({ cells }) => cells.map(({ pair }) => pair))),
];

async function runSection(
  name: SectionName,
  section: Section,
  pool: PairPool,
  options: GrpcBenchOptions,
): Promise<SectionFigures> {
  const { seconds, rounds, onStep } = options;
  onStep(`${name}, starting processes`);
  const pairs = await pool.start(pairsOf([section]));
  const cells = await measureSection(name, section, pairs, { ...options, seconds: seconds / rounds });
  return { name, title: section.title, against: section.against, cells };
}
