// npm run torture: random faults and switches under load, then the invariants.
import { randomInt } from 'node:crypto';
import { Command, InvalidArgumentError } from 'commander';
import { runProcess } from '#platform/process.ts';
import { SetupError } from '#platform/setup-error.ts';
import { FAULTS } from '../torture/nemesis/faults.ts';
import { BOUNDS, DEFAULTS, SHOP } from '../torture/options.ts';
import { runTorture } from '../torture/run-torture.ts';
import { formatReport } from '../torture/text.ts';
import { wholeNumber } from './options.ts';

const ERASE_LINE = '\r\x1b[K';
const NAMES = FAULTS.map(({ name }) => name);

const options = new Command('npm run torture --')
  .description(
    'Write at two databases of its own, and call a shop on them through its gateway, while ownership moves between\n' +
      'them and everything is killed, stopped, cut and delayed; then compare what callers were told with what the\n' +
      'databases hold. Ends with code 1 if an invariant is violated, or if the run was too short to tell. Ctrl-C ends\n' +
      'it early; nothing is left running.',
  )
  .option('--minutes <n>', 'for which faults go on', positive, DEFAULTS.minutes)
  .option('--seconds <n>', 'instead of minutes', positive)
  .option(
    '--seed <n>',
    'the same number gives the same faults in the same order; by chance without it',
    wholeNumber,
  )
  .option('--writers <n>', 'who write at once', positive, DEFAULTS.writers)
  .option('--rate <n>', 'writes a second, of all of them', positive, DEFAULTS.rate)
  .option(
    '--no-shop',
    'the databases alone: no gateway, monolith, service or switch, and none of their faults',
  )
  .option('--shop-callers <n>', 'who call the gateway at once', positive, SHOP.callers)
  .option('--shop-rate <n>', 'calls of the gateway a second, of all of them', positive, SHOP.rate)
  .option('--only <faults>', `of ${NAMES.join(', ')}; several with commas`, faults)
  .option('--min-switches <n>', 'fewer are inconclusive', wholeNumber, BOUNDS.switches)
  .option('--min-faults <n>', 'fewer of any fault are inconclusive', wholeNumber, BOUNDS.eachFault)
  .option('--min-writes <n>', 'fewer acknowledged writes are inconclusive', wholeNumber, BOUNDS.acknowledged)
  .option('--verbose', 'print what is done and met, line by line, to the error output')
  .option('--json', 'print the result as one object')
  .parse()
  .opts<{
    minutes: number;
    seconds?: number;
    seed?: number;
    writers: number;
    rate: number;
    shop: boolean;
    shopCallers: number;
    shopRate: number;
    only?: readonly string[];
    minSwitches: number;
    minFaults: number;
    minWrites: number;
    verbose?: true;
    json?: true;
  }>();

function positive(text: string): number {
  const value = wholeNumber(text);
  if (value === 0) throw new InvalidArgumentError('It must be at least 1.');
  return value;
}

function faults(text: string): readonly string[] {
  const names = text.split(',');
  for (const name of names)
    if (!NAMES.includes(name)) throw new InvalidArgumentError(`There is no fault ${name}.`);
  return names;
}

await runProcess('npm run torture', async () => {
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => interruption.abort());
  // Whoever read it is gone, and nothing is to be left running for all that.
  for (const output of [process.stdout, process.stderr]) output.on('error', () => interruption.abort());
  const homeless = FAULTS.filter(({ name, ofShop }) => ofShop === true && options.only?.includes(name));
  if (!options.shop && homeless.length > 0)
    throw new SetupError(`without a shop there is no ${homeless.map(({ name }) => name).join(', ')}`);
  const { minutes, seconds = 60 * minutes, seed = randomInt(1_000_000_000), verbose, json } = options;
  const erase = () => process.stderr.isTTY && process.stderr.write(ERASE_LINE);
  const report = await runTorture({
    ...options,
    shop: options.shop ? { callers: options.shopCallers, rate: options.shopRate } : undefined,
    seconds,
    seed,
    bounds: {
      switches: options.minSwitches,
      eachFault: options.minFaults,
      acknowledged: options.minWrites,
    },
    signal: interruption.signal,
    onLine(line) {
      if (verbose) process.stderr.write(`${line}\n`);
      else if (erase()) process.stderr.write(line.slice(0, process.stderr.columns - 1));
    },
  }).finally(erase);

  const { outcome, reasons } = report;
  if (outcome !== 'passed') process.exitCode = 1;
  const complaint = `npm run torture: ${outcome} (seed ${seed}): ${reasons.join('; ')}\n`;
  // The object is the last line, whoever mixes the two streams.
  if (json && outcome !== 'passed') process.stderr.write(complaint);
  console.log(json ? JSON.stringify(report) : formatReport(report));
  if (!json && outcome !== 'passed') process.stderr.write(complaint);
});
