// The verbs of npm run switch that prove and mend: diff compares the rows of both sides, doctor names what is wrong.
import { join } from 'node:path';
import { Option, type Command } from 'commander';
import { dataFolder } from '#platform/paths.ts';
import { runDiff } from '../strangler/switch/diff.ts';
import { runDoctor } from '../strangler/switch/doctor.ts';
import type { Side } from '../strangler/ownership/replica.ts';
import { findReplica } from '../strangler/switch/find-replicas.ts';
import { findPlansDatabase } from '../strangler/switch/known-plans.ts';
import type { RunVerb } from './switch-moves.ts';
import { wholeNumber } from './options.ts';

interface DiffWords {
  readonly json?: boolean;
  readonly repair?: boolean;
  readonly restart?: boolean;
  readonly chunkRows: number;
  readonly maxLag: number;
}

interface DoctorWords {
  readonly json?: boolean;
  readonly repair?: boolean;
  readonly adopt?: Side;
  readonly discard?: boolean;
  readonly confirm?: string;
}

const SIDES: readonly Side[] = ['service', 'monolith'];

/** @param prefix of the names of the databases. @param run gives a verb its server, and what it prints by. */
export function addProof(program: Command, run: RunVerb, prefix: string): void {
  program
    .command('diff <capability>')
    .description(
      'compare every row of both sides, while they are written: missing, extra and changed ones, by key and column.\n' +
        'A difference counts where it outlasts a heartbeat. After a crash or Ctrl-C the same command goes on. Fails\n' +
        'where rows differ, and where a stream does not run',
    )
    .option('--repair', 'make the rows of the side that does not own as the owner has them')
    .option('--restart', 'begin anew, and do not go on where an earlier one was cut short')
    .addOption(new Option('--chunk-rows <n>', 'that are read at once').argParser(wholeNumber).default(2_000))
    .addOption(
      new Option('--max-lag <ms>', 'of the stream; while it is later, the comparison waits')
        .argParser(wholeNumber)
        .default(1_000),
    )
    .option('--json', 'print one object')
    .action((capability: string, words: DiffWords) =>
      run(words.json ?? false, async (serverUrl, output) => {
        const same = await runDiff(findReplica(capability, serverUrl, prefix), {
          ...output,
          repair: words.repair ?? false,
          restart: words.restart ?? false,
          chunkRows: Math.max(1, words.chunkRows),
          maxLagMs: words.maxLag,
          file: join(dataFolder(), `diff-${capability}.json`),
        });
        if (!same) process.exitCode = 1;
      }),
    );

  program
    .command('doctor <capability>')
    .description(
      'name everything that is wrong with its replication, and say what to do: each finding with its remedy. Changes\n' +
        'nothing but a heartbeat a side. Fails where anything is left to do',
    )
    .option(
      '--repair',
      "do what cannot lose a row of the owner: take back a drain that is nobody's, enable a stream, begin it anew",
    )
    .addOption(
      new Option(
        '--adopt <side>',
        'let it own, where the other side is gone for good; or make a restored copy the side that it was made from',
      ).choices(SIDES),
    )
    .option('--discard', 'throw away what was written past the fence of the side that does not own')
    .option('--confirm <sentence>', 'what --adopt and --discard would have you type')
    .option('--json', 'print one object')
    .action((capability: string, words: DoctorWords) =>
      run(words.json ?? false, async (serverUrl, output) => {
        const healthy = await runDoctor(findReplica(capability, serverUrl, prefix), {
          ...output,
          repair: words.repair ?? false,
          adopt: words.adopt,
          discard: words.discard ?? false,
          confirm: words.confirm,
          plansUrl: await findPlansDatabase(serverUrl, prefix),
        });
        if (!healthy) process.exitCode = 1;
      }),
    );
}
