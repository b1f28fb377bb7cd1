// npm run load: customers and an administrator at a given rate, whether or not the shop keeps up, and what they met.
import { Command, Option } from 'commander';
import { parseMix } from '../load/mix.ts';
import { DEFAULTS } from '../load/options.ts';
import { runLoad } from '../load/run-load.ts';
import { ARRIVALS, type Arrivals } from '../load/schedule.ts';
import { formatProgress, formatReport } from '../load/text.ts';
import { runProcess } from '#platform/process.ts';
import { wholeNumber } from './options.ts';
import { findShopUrl } from './shop-url.ts';

const ERASE_LINE = '\r\x1b[K';

const { mix, url, json, admin, declined, ...numbers } = new Command('npm run load --')
  .description(
    'Send traffic to the running shop. Actions begin when they are due, whether or not earlier ones were answered; ' +
      'latency counts from then. Ends with code 1 after any unexpected answer, stale read, or read that went ' +
      'backwards, or if this machine could not send what was asked for. Ctrl-C ends it early.',
  )
  .option('--rate <n>', 'actions a second; some take two or three requests', wholeNumber, DEFAULTS.rate)
  .option('--duration <s>', 'seconds that are measured', wholeNumber, DEFAULTS.duration)
  .option('--warmup <s>', 'seconds of the same traffic before that', wholeNumber, DEFAULTS.warmup)
  .addOption(
    new Option('--arrivals <how>', 'evenly, or by chance').choices(ARRIVALS).default(DEFAULTS.arrivals),
  )
  .option('--mix <weights>', 'what customers do, if not browse=10,cart=3,add=2,index=1,checkout=1')
  .option(
    '--admin <percent>',
    "the administrator's share, read back at once",
    wholeNumber,
    DEFAULTS.adminPercent,
  )
  .option('--declined <percent>', 'checkouts whose card is declined', wholeNumber, DEFAULTS.declinedPercent)
  .option('--customers <n>', 'who take turns; each has a cart', wholeNumber, DEFAULTS.customers)
  .option('--seed <n>', 'the same number gives the same actions', wholeNumber, DEFAULTS.seed)
  .option('--timeout <s>', 'seconds that an answer may take', wholeNumber, DEFAULTS.timeout)
  .option('--max-in-flight <n>', 'actions at once; more are dropped', wholeNumber, DEFAULTS.maxInFlight)
  .option(
    '--prove-reads',
    'give no verdict without 1,000 reads of products by who had written them, some from a service',
  )
  .option('--url <url>', 'where the shop is')
  .option('--allow-remote', 'also if that is not this machine')
  .option('--json', 'print the result as one object')
  .addHelpText('after', '\nEnvironment:\n  SHOP_URL   where the shop is, if not at its default port')
  .parse()
  .opts<{
    rate: number;
    duration: number;
    warmup: number;
    arrivals: Arrivals;
    mix?: string;
    admin: number;
    declined: number;
    customers: number;
    seed: number;
    timeout: number;
    maxInFlight: number;
    proveReads?: true;
    url?: string;
    allowRemote?: true;
    json?: true;
  }>();

await runProcess('npm run load', async () => {
  const interruption = new AbortController();
  // Once: the second Ctrl-C ends it at once.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interruption.abort());
  const erase = () => process.stderr.isTTY && process.stderr.write(ERASE_LINE);

  const options = {
    ...numbers,
    url: url ?? findShopUrl(),
    ...(mix !== undefined && { mix: parseMix(mix) }),
    adminPercent: admin,
    declinedPercent: declined,
    signal: interruption.signal,
  };
  const report = await runLoad(options, (progress) => {
    if (erase()) process.stderr.write(formatProgress(progress).slice(0, process.stderr.columns - 1));
  }).finally(erase);

  const { verdict, reasons } = report;
  if (verdict !== 'passed') process.exitCode = 1;
  const complaint = `npm run load: ${verdict}: ${reasons.join('; ')}\n`;
  // The object is the last line, whoever mixes the two streams.
  if (json && verdict !== 'passed') process.stderr.write(complaint);
  console.log(json ? JSON.stringify(report) : formatReport(report));
  if (!json && verdict !== 'passed') process.stderr.write(complaint);
});
