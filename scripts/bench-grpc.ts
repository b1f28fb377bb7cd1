// npm run bench -- grpc: its options, and what it prints.
import { InvalidArgumentError, type Command } from 'commander';
import { benchGrpc } from '../bench/grpc/bench-grpc.ts';
import { countGrpcErrors, formatGrpcReport } from '../bench/grpc/report.ts';
import { SECTIONS, type SectionName } from '../bench/grpc/sections.ts';
import { ensureGenerated } from '#platform/generated.ts';

/** The compiler needs longer for gRPC's code than for Express's: a second left it a fifth dearer. */
const WARM_UP_SECONDS = 3;

interface Options {
  readonly seconds: number;
  readonly rounds: number;
  readonly products: number;
  readonly only?: readonly SectionName[];
  readonly json?: true;
}

/** @param positive reads a whole number above 0. */
export function addGrpcBench(
  program: Command,
  positive: (text: string) => number,
  watch: () => { readonly signal: AbortSignal; readonly onStep: (step: string) => void },
): void {
  program
    .command('grpc')
    .description(
      'The same handlers behind Express and JSON, and behind gRPC: by layer, by calls at once, by size, as a ' +
        'long list, with and without validation and tracing. Takes about four minutes; let the machine do nothing else.',
    )
    .option('--seconds <n>', 'for each figure, in all rounds together', positive, 3)
    .option('--rounds <n>', 'in each of which everything has its turn', positive, 8)
    .option('--products <n>', 'of the long list, and in the catalog', positive, 10_000)
    .option('--only <sections>', `of ${SECTIONS.join(', ')}; several with commas`, sectionsOf)
    .option('--json', 'print the figures as one object')
    .action(async ({ json, only, ...options }: Options) => {
      ensureGenerated();
      const { signal, onStep } = watch();
      const chosen = { sections: only ?? SECTIONS, warmUpSeconds: WARM_UP_SECONDS };
      const report = await benchGrpc({ ...options, ...chosen, signal, onStep }).finally(() => onStep(''));
      console.log(json ? JSON.stringify(report) : formatGrpcReport(report));
      const errors = countGrpcErrors(report);
      if (errors === 0) return;
      process.exitCode = 1;
      console.error(`npm run bench: ${errors} calls failed, so these are no figures`);
    });
}

function sectionsOf(text: string): readonly SectionName[] {
  return text.split(',').map((name) => {
    const section = SECTIONS.find((known) => known === name);
    if (section === undefined) throw new InvalidArgumentError(`There is ${SECTIONS.join(', ')}.`);
    return section;
  });
}
