// npm run bench: the figures of docs/benchmarks.md, measured anew on this machine.
import { Command, InvalidArgumentError } from 'commander';
import { benchMonolith, type Part } from '../bench/bench-monolith.ts';
import { countErrors, formatReport } from '../bench/report.ts';
import { ROUTES } from '../bench/routes.ts';
import { ensureGenerated } from '#platform/generated.ts';
import { runProcess } from '#platform/process.ts';
import { addDiffBench } from './bench-diff.ts'; // from stage-4
import { addGatewayBench } from './bench-gateway.ts'; // from stage-2
import { addGrpcBench } from './bench-grpc.ts'; // from stage-3
import { addReplicationBench } from './bench-replication.ts'; // from stage-3
import { addRestToGrpcBench } from './bench-rest-grpc.ts'; // from stage-3
import { addSwitchBench } from './bench-switch.ts'; // from stage-4
import { wholeNumber } from './options.ts';

/** By then the code is compiled, and the pools are full. */
const WARM_UP_REQUESTS = 1_000;
const ERASE_LINE = '\r\x1b[K';
const PARTS: readonly Part[] = [...ROUTES, 'processes'];

interface Options {
  readonly seconds: number;
  readonly rounds: number;
  readonly connections: number;
  readonly products: number;
  readonly only?: readonly Part[];
  readonly growth?: true;
  readonly growthProducts: number;
  readonly json?: true;
}

const program = new Command('npm run bench --').description(
  'Measure the shop on a PostgreSQL of its own, in a temporary folder that is removed at the end.',
);

program
  .command('monolith')
  .description(
    'The monolith beside the same routes written by hand, round by round in turn; then one process\n' +
      'against two and a cluster. Takes about five minutes; let the machine do nothing else meanwhile.',
  )
  .option('--seconds <n>', 'for each figure, in all rounds together', positive, 6)
  .option('--rounds <n>', 'in each of which everything has its turn', positive, 20)
  .option('--connections <n>', 'each sends its next request when the last one is answered', positive, 10)
  .option('--products <n>', 'in the shop', positive, 10_000)
  .option('--only <parts>', `of ${PARTS.join(', ')}; several with commas`, partsOf)
  .option('--growth', 'instead: the reads in a shop of a million products; takes some minutes')
  .option('--growth-products <n>', 'in that shop', positive, 1_000_000)
  .option('--json', 'print the figures as one object')
  .action(bench);
addGatewayBench(program, positive, watch); // from stage-2
addReplicationBench(program, positive, watch); // from stage-3
addGrpcBench(program, positive, watch); // from stage-3
addRestToGrpcBench(program, positive, watch); // from stage-3
addSwitchBench(program, positive, watch); // from stage-4
addDiffBench(program, positive, watch); // from stage-4

function positive(text: string): number {
  const value = wholeNumber(text);
  if (value === 0) throw new InvalidArgumentError('It must be at least 1.');
  return value;
}

function partsOf(text: string): readonly Part[] {
  return text.split(',').map((name) => {
    const part = PARTS.find((known) => known === name);
    if (part === undefined) throw new InvalidArgumentError(`There is ${PARTS.join(', ')}.`);
    return part;
  });
}

/** Tells a terminal what is going on, and is aborted by Ctrl-C. */
function watch() {
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interruption.abort());
  const onStep = (text: string) => void (process.stderr.isTTY && process.stderr.write(ERASE_LINE + text));
  return { signal: interruption.signal, onStep };
}

async function bench({ only, growth, growthProducts, json, ...options }: Options): Promise<void> {
  ensureGenerated();
  const { signal, onStep } = watch();
  const report = await benchMonolith({
    ...options,
    warmUpRequests: WARM_UP_REQUESTS,
    parts: growth ? ['growth'] : (only ?? PARTS),
    largeProducts: growthProducts,
    signal,
    onStep,
  }).finally(() => onStep(''));
  console.log(json ? JSON.stringify(report) : formatReport(report));
  const errors = countErrors(report);
  if (errors === 0) return;
  process.exitCode = 1;
  console.error(`npm run bench: ${errors} answers were errors, so these are no figures`);
}

await runProcess('npm run bench', async () => void (await program.parseAsync()));
process.exit();
