// npm run bench -- replication: its options, and what it prints.
import type { Command } from 'commander';
import { benchReplication, countReplicationErrors } from '../bench/replication/bench-replication.ts';
import { formatReplicationReport } from '../bench/replication/report.ts';
import { ensureGenerated } from '#platform/generated.ts';

const WARM_UP_SECONDS = 3;

interface Options {
  readonly rows: number;
  readonly copies: number;
  readonly rounds: number;
  readonly seconds: number;
  readonly writers: number;
  readonly backlog: number;
  readonly json?: true;
}

/** @param positive reads a whole number above 0. */
export function addReplicationBench(
  program: Command,
  positive: (text: string) => number,
  watch: () => { readonly signal: AbortSignal; readonly onStep: (step: string) => void },
): void {
  program
    .command('replication')
    .description(
      'Native logical replication between two databases: the first copy beside a COPY through a pipe, the rate and\n' +
        'the lag of the stream, and what writers pay: those who write through the monolith, and bare statements as\n' +
        'the worst case; and what these pay for the fence alone. Takes about six minutes; let the machine do nothing\n' +
        'else meanwhile.',
    )
    .option('--rows <n>', 'of the table', positive, 100_000)
    .option('--copies <n>', 'rounds of the first copy', positive, 3)
    .option('--rounds <n>', 'of the stream, in each of which everything has its turn', positive, 24)
    .option('--seconds <n>', 'for each figure under load, in all rounds together', positive, 20)
    .option('--writers <n>', 'each writes again when it is answered', positive, 8)
    .option('--backlog <n>', 'one-row transactions that pile up, in all rounds together', positive, 40_000)
    .option('--json', 'print the figures as one object')
    .action(async ({ json, rows, ...options }: Options) => {
      ensureGenerated();
      const { signal, onStep } = watch();
      const report = await benchReplication({
        ...options,
        products: rows,
        warmUpSeconds: WARM_UP_SECONDS,
        signal,
        onStep,
      }).finally(() => onStep(''));
      console.log(json ? JSON.stringify(report) : formatReplicationReport(report));
      const errors = countReplicationErrors(report);
      if (errors === 0) return;
      process.exitCode = 1;
      console.error(`npm run bench: ${errors} answers were errors, so these are no figures`);
    });
}
