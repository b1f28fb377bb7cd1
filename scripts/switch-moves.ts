// The verbs of npm run switch that move the right to write: plan looks, writes moves.
import { Argument, type Command } from 'commander';
import { findReplica } from '../strangler/switch/find-replicas.ts';
import { findPlansDatabase } from '../strangler/switch/known-plans.ts';
import { runPlan } from '../strangler/switch/plan.ts';
import type { Output } from '../strangler/switch/replicate.ts';
import { runWrites } from '../strangler/switch/writes.ts';
import type { Side } from '../strangler/ownership/replica.ts';
import { wholeNumber } from './options.ts';

type Run = (json: boolean, verb: (serverUrl: string, output: Output) => Promise<void>) => Promise<void>;

interface WritesOptions {
  readonly json?: boolean;
  readonly patience: number;
}

const SIDES: readonly Side[] = ['service', 'monolith'];

/** @param prefix of the names of the databases. @param run gives a verb its server, and what it prints by. */
export function addMoves(program: Command, run: Run, prefix: string): void {
  program
    .command('plan <capability>')
    .addArgument(new Argument('[side]', 'the one that does not own now, if it is not said').choices(SIDES))
    .description(
      'what a move of the right to write would find and do: each check with what is measured and its bound;\n' +
        'it changes nothing, and fails where it could not move',
    )
    .option('--json', 'print one object')
    .action((capability: string, side: Side | undefined, { json = false }: { json?: boolean }) =>
      run(json, async (serverUrl, output) => {
        if (!(await runPlan(findReplica(capability, serverUrl, prefix), side, output))) process.exitCode = 1;
      }),
    );

  program
    .command('writes <capability>')
    .addArgument(new Argument('<side>', 'who is to write').choices(SIDES))
    .description(
      'give the right to write to a side. After a crash or Ctrl-C the same command gets there; with the side that\n' +
        'owns, it takes back what was begun. The switch need not run: steps are noted in its database',
    )
    .option(
      '--patience <seconds>',
      'for a transaction that does not end, before it is given up',
      wholeNumber,
      10,
    )
    .option('--json', 'print one object')
    .action((capability: string, side: Side, { json = false, patience }: WritesOptions) =>
      run(json, async (serverUrl, output) => {
        const replica = findReplica(capability, serverUrl, prefix);
        const plansUrl = await findPlansDatabase(serverUrl, prefix);
        await runWrites(replica, side, plansUrl, { ...output, drainDeadlineMs: patience * 1_000 });
      }),
    );
}
