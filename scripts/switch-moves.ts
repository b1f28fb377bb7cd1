// The verbs of npm run switch that move the right to write: plan looks, writes moves.
import { Argument, Option, type Command } from 'commander';
import { findReplica } from '../strangler/switch/find-replicas.ts';
import { findPlansDatabase } from '../strangler/switch/known-plans.ts';
import { runPlan } from '../strangler/switch/plan.ts';
import type { Output } from '../strangler/switch/replicate.ts';
import { runWrites } from '../strangler/switch/writes.ts';
import { DEFAULTS } from '../strangler/ownership/move-steps.ts';
import { BOUNDS } from '../strangler/ownership/preflight.ts';
import type { Side } from '../strangler/ownership/replica.ts';
import { wholeNumber } from './options.ts';

/** Gives a verb its server, and what it prints by. */
export type RunVerb = (
  json: boolean,
  verb: (serverUrl: string, output: Output) => Promise<void>,
) => Promise<void>;

interface PlanOptions {
  readonly json?: boolean;
  readonly maxLag: number;
  readonly maxTransaction: number;
}

interface WritesOptions extends PlanOptions {
  readonly patience: number;
  readonly maxPause: number;
}

const SIDES: readonly Side[] = ['service', 'monolith'];

const maxLag = () =>
  new Option('--max-lag <ms>', 'of a heartbeat either way, or nothing is moved')
    .argParser(wholeNumber)
    .default(BOUNDS.heartbeatMs);
const maxTransaction = () =>
  new Option('--max-transaction <ms>', 'for which one may have been open, or nothing is moved')
    .argParser(wholeNumber)
    .default(BOUNDS.transactionMs);
const boundsOf = (options: PlanOptions) => ({
  heartbeatMs: options.maxLag,
  transactionMs: options.maxTransaction,
});

/** @param prefix of the names of the databases. @param run gives a verb its server, and what it prints by. */
export function addMoves(program: Command, run: RunVerb, prefix: string): void {
  program
    .command('plan <capability>')
    .addArgument(new Argument('[side]', 'the one that does not own now, if it is not said').choices(SIDES))
    .description(
      'what a move of the right to write would find and do: each check with what is measured and its bound;\n' +
        'it changes nothing, and fails where it could not move',
    )
    .addOption(maxLag())
    .addOption(maxTransaction())
    .option('--json', 'print one object')
    .action((capability: string, side: Side | undefined, options: PlanOptions) =>
      run(options.json ?? false, async (serverUrl, output) => {
        const replica = findReplica(capability, serverUrl, prefix);
        if (!(await runPlan(replica, side, output, boundsOf(options)))) process.exitCode = 1;
      }),
    );

  program
    .command('writes <capability>')
    .addArgument(new Argument('<side>', 'who is to write').choices(SIDES))
    .description(
      'give the right to write to a side. After a crash or Ctrl-C the same command gets there; with the side that ' +
        'owns, it takes back what was begun. The switch need not run: steps are noted in its database',
    )
    .option(
      '--patience <seconds>',
      'for a transaction that does not end, before it is given up',
      wholeNumber,
      10,
    )
    .option(
      '--max-pause <ms>',
      'for which nobody may write; then what was begun is taken back',
      wholeNumber,
      DEFAULTS.holdDeadlineMs,
    )
    .addOption(maxLag())
    .addOption(maxTransaction())
    .option('--json', 'print one object')
    .action((capability: string, side: Side, options: WritesOptions) =>
      run(options.json ?? false, async (serverUrl, output) => {
        const replica = findReplica(capability, serverUrl, prefix);
        const plansUrl = await findPlansDatabase(serverUrl, prefix);
        await runWrites(replica, side, plansUrl, {
          ...output,
          drainDeadlineMs: options.patience * 1_000,
          holdDeadlineMs: options.maxPause,
          bounds: boundsOf(options),
        });
      }),
    );
}
