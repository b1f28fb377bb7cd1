// npm run compare: both shapes of the shop under the same load, in turn, in one run.
import { closeSync, existsSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { ensureGenerated } from '#platform/generated.ts';
import { runProcess } from '#platform/process.ts';
import { SetupError } from '#platform/setup-error.ts';
import { compare } from '../compare/compare.ts';
import { formatPage } from '../compare/page.ts';
import { shapesOf } from '../compare/shapes.ts';
import { formatComparison } from '../compare/text.ts';
import { CAPABILITIES } from '../strangler/capabilities.ts';
import { FRONT } from './front.ts';
import { wholeNumber } from './options.ts';
import { portVariables, SERVICES } from './services.ts';

const ERASE_LINE = '\r\x1b[K';

const options = new Command('npm run compare --')
  .description(
    'The shop as one process, as two behind a load balancer, and split with all catalog reads at the service: the\n' +
      'same seed and the same traffic, one after the other, round by round. Each is started on free ports and data of\n' +
      'its own in a temporary folder, with a PostgreSQL of its own. Ends with code 1 after any unexpected answer, stale\n' +
      'read, or read that went backwards. Takes about eight minutes; let the machine do nothing else meanwhile.',
  )
  .option('--seconds <n>', 'that are measured in each round, at the rate and flat out', positive, 15)
  .option('--rounds <n>', 'in each of which every shape has its turn', positive, 3)
  .option('--rate <n>', 'actions a second, for latency, CPU and memory', positive, 100)
  .option('--in-flight <n>', 'actions at once, for throughput', positive, 32)
  .option('--customers <n>', 'who take turns', positive, 50)
  .option('--products <n>', 'in the shop', positive, 10_000)
  .option('--seed <n>', 'the same number gives the same shop and the same actions', wholeNumber, 1)
  .option('--html <file>', 'write a page with charts there, too')
  .option('--json', 'print the figures as one object')
  .parse()
  .opts<{
    seconds: number;
    rounds: number;
    rate: number;
    inFlight: number;
    customers: number;
    products: number;
    seed: number;
    html?: string;
    json?: true;
  }>();

function positive(text: string): number {
  const value = wholeNumber(text);
  if (value === 0) throw new InvalidArgumentError('It must be at least 1.');
  return value;
}

/** Before minutes are spent on what then cannot be written. @throws {SetupError} */
function demandWritable(file: string): void {
  const existed = existsSync(file);
  try {
    closeSync(openSync(file, 'a'));
  } catch (error) {
    throw new SetupError(`${file} cannot be written: ${(error as Error).message}`);
  }
  if (!existed) rmSync(file);
}

await runProcess('npm run compare', async () => {
  const { html, json, ...sizes } = options;
  if (html !== undefined) demandWritable(html);
  if (FRONT === undefined) throw new SetupError('nothing is split at this stage');
  ensureGenerated();
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => interruption.abort());
  const onStep = (text: string) =>
    void (process.stderr.isTTY && process.stderr.write((ERASE_LINE + text).slice(0, process.stderr.columns)));

  const comparison = await compare({
    ...sizes,
    command: ['npm run compare --', ...process.argv.slice(2)].join(' '),
    shapes: shapesOf({ front: FRONT, services: SERVICES, capabilities: Object.keys(CAPABILITIES) }),
    ports: portVariables(FRONT),
    signal: interruption.signal,
    onStep,
  }).finally(() => onStep(''));

  if (html !== undefined) writeFileSync(html, formatPage(comparison));
  console.log(json ? JSON.stringify(comparison) : formatComparison(comparison));
  if (comparison.faults.length === 0) return;
  process.exitCode = 1;
  console.error(`npm run compare: these are no figures: ${comparison.faults.join('; ')}`);
});
process.exit();
