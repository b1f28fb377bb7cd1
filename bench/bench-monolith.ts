// npm run bench -- monolith: the whole run, from an empty folder to the figures.
import { createLogger } from '#platform/logger.ts';
import { SetupError } from '#platform/setup-error.ts';
import { createShutdown } from '#platform/shutdown.ts';
import { measureGrowth, type GrowthFigures } from './growth-figures.ts';
import { currentLoad, describeMachine, type Machine } from './machine.ts';
import { openPlace } from './place.ts';
import { measureProcesses, type ProcessFigures } from './process-figures.ts';
import { measureRoutes, type RouteFigures } from './route-figures.ts';
import type { RouteName } from './routes.ts';

/** What can be measured: the routes, and the two comparisons. */
export type Part = RouteName | 'processes' | 'growth';

export interface BenchOptions {
  readonly parts: readonly Part[];
  readonly products: number;
  /** Of the large shop. */
  readonly largeProducts: number;
  /** For each figure, in all rounds together. */
  readonly seconds: number;
  readonly rounds: number;
  readonly connections: number;
  /** Answers that each subject gives at each route before it is measured. */
  readonly warmUpRequests: number;
  /** Without fsync; for tests. */
  readonly disposable?: boolean;
  /** Ends the run early: everything that was started is stopped. */
  readonly signal?: AbortSignal;
  readonly onStep: (step: string) => void;
}

export interface BenchReport {
  readonly machine: Machine;
  /** Of the machine's last minute at the end, the run's own work included. */
  readonly loadAfter: number;
  readonly routes: readonly RouteFigures[];
  readonly processes: ProcessFigures | null;
  readonly growth: GrowthFigures | null;
}

/** @throws {SetupError} where a part of the shop does not start. */
export async function benchMonolith(options: BenchOptions): Promise<BenchReport> {
  const { parts, products, onStep, disposable = false } = options;
  const inRounds = { ...options, seconds: options.seconds / options.rounds };
  const shutdown = createShutdown(createLogger({ name: 'bench', level: 'error', format: 'json' }));
  const interrupted = new Promise<never>((_, reject) =>
    options.signal?.addEventListener('abort', () => reject(new SetupError('interrupted'))),
  );
  interrupted.catch(() => undefined);

  async function run(): Promise<BenchReport> {
    onStep(`seeding ${products} products`);
    const place = await openPlace({ shutdown, disposable });
    const shop = await place.addShop('bench', products);
    const machine = await describeMachine(shop.pool);
    const routes = parts.filter((part) => part !== 'processes' && part !== 'growth');
    return {
      machine,
      routes: routes.length === 0 ? [] : await measureRoutes(place, shop, { ...inRounds, routes }),
      processes: parts.includes('processes') ? await measureProcesses(place, shop, inRounds) : null,
      growth: parts.includes('growth') ? await measureGrowth(place, shop, inRounds) : null,
      loadAfter: currentLoad(),
    };
  }

  try {
    return await Promise.race([run(), interrupted]);
  } finally {
    await shutdown.stop();
  }
}
