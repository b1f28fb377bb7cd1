// npm run bench -- gateway: its options, and what it prints.
import type { Command } from 'commander';
import { benchGateway } from '../bench/gateway/bench-gateway.ts';
import { countGatewayErrors, formatGatewayReport } from '../bench/gateway/report.ts';

/** The compiler needs a while for all that a request passes. */
const WARM_UP_SECONDS = 3;

interface Options {
  readonly seconds: number;
  readonly rounds: number;
  readonly connections: number;
  readonly json?: true;
}

/** @param positive reads a whole number above 0. */
export function addGatewayBench(
  program: Command,
  positive: (text: string) => number,
  watch: () => { readonly signal: AbortSignal; readonly onStep: (step: string) => void },
): void {
  program
    .command('gateway')
    .description(
      'The gateway beside nginx (where it is installed), a bare proxy of node:http and undici, and Express with\n' +
        'http-proxy-middleware, all in front of one backend, round by round in turn. Takes about four minutes; let\n' +
        'the machine do nothing else meanwhile.',
    )
    .option('--seconds <n>', 'for each figure, in all rounds together', positive, 12)
    .option('--rounds <n>', 'in each of which everything has its turn', positive, 12)
    .option('--connections <n>', 'each sends its next request when the last one is answered', positive, 32)
    .option('--json', 'print the figures as one object')
    .action(async ({ json, ...options }: Options) => {
      const { signal, onStep } = watch();
      const report = await benchGateway({
        ...options,
        warmUpSeconds: WARM_UP_SECONDS,
        signal,
        onStep,
      }).finally(() => onStep(''));
      console.log(json ? JSON.stringify(report) : formatGatewayReport(report));
      const errors = countGatewayErrors(report);
      if (errors === 0) return;
      process.exitCode = 1;
      console.error(`npm run bench: ${errors} answers were errors, so these are no figures`);
    });
}
