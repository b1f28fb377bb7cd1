// The verb of npm run switch that goes by itself: its bounds, and the gateways that it listens to.
import { Option, type Command } from 'commander';
import { BOUNDS } from '../strangler/switch/auto/gates.ts';
import { runAuto } from '../strangler/switch/auto.ts';
import { findReplica } from '../strangler/switch/find-replicas.ts';
import { findPlansDatabase } from '../strangler/switch/known-plans.ts';
import { percent, wholeNumber } from './options.ts';
import { findShopUrl } from './shop-url.ts';
import type { RunVerb } from './switch-moves.ts';

interface AutoWords {
  readonly ask?: boolean;
  readonly gateway?: readonly string[];
  readonly compared: number;
  readonly requests: number;
  readonly errors: number;
  readonly p50More: number;
  readonly p99More: number;
  readonly step: number;
  readonly soak: number;
  readonly patience: number;
  readonly shadow: number;
  readonly json?: boolean;
}

/** @param prefix of the names of the databases. @param run gives a verb its server, and what it prints by. */
export function addAuto(program: Command, run: RunVerb, prefix: string): void {
  const bound = (flags: string, description: string, fallback: number, parse = wholeNumber) =>
    new Option(flags, description).argParser(parse).default(fallback);
  program
    .command('auto <capability>')
    .description(
      'take it to its service step by step: replicate, diff, shadow, 1, 5, 25, 50 and 100 % of the reads, writes,\n' +
        'and a while of watching; each step behind what gateways have measured. A gate that fails takes everything\n' +
        'back to the monolith, and says what was measured and what is allowed; without data it waits. After a crash or\n' +
        'Ctrl-C the same command goes on. Fails unless the service owns in the end',
    )
    .option('--ask', 'ask before each step towards the service')
    .option('--gateway <url...>', "all gateways, if not this shop's own")
    .addOption(bound('--compared <n>', 'answers to be alike, before anybody reads from it', BOUNDS.compared))
    .addOption(bound('--requests <n>', 'reads from each side, before a step is left', BOUNDS.requests))
    .addOption(
      bound('--errors <n>', "per thousand reads, more than the monolith's", 1_000 * BOUNDS.errorRate),
    )
    .addOption(bound('--p50-more <ms>', "above twice the monolith's", BOUNDS.p50MoreMs))
    .addOption(bound('--p99-more <ms>', "above twice the monolith's", BOUNDS.p99MoreMs))
    .addOption(bound('--step <s>', 'each step takes so long at least', BOUNDS.stepMs / 1_000))
    .addOption(bound('--soak <s>', 'of watching, once it owns', BOUNDS.soakMs / 1_000))
    .addOption(bound('--patience <s>', 'for samples that do not come', BOUNDS.patienceMs / 1_000))
    .addOption(bound('--shadow <percent>', 'of reads that are compared', BOUNDS.shadowPercent, percent))
    .option('--json', 'print one object')
    .action((capability: string, words: AutoWords) =>
      run(words.json ?? false, async (serverUrl, output) => {
        const moved = await runAuto(findReplica(capability, serverUrl, prefix), {
          ...output,
          ask: words.ask ?? false,
          gateways: (words.gateway ?? [findShopUrl()]).map((url) => new URL('/metrics', url).href),
          plansUrl: await findPlansDatabase(serverUrl, prefix),
          bounds: {
            ...BOUNDS,
            compared: words.compared,
            requests: Math.max(1, words.requests),
            errorRate: words.errors / 1_000,
            p50MoreMs: words.p50More,
            p99MoreMs: words.p99More,
            stepMs: words.step * 1_000,
            soakMs: words.soak * 1_000,
            patienceMs: words.patience * 1_000,
            shadowPercent: Math.max(1, words.shadow),
          },
        });
        if (!moved) process.exitCode = 1;
      }),
    );
}
