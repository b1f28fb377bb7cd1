// The verbs of npm run switch that prove: diff compares the rows of both sides, and repairs.
import { join } from 'node:path';
import { Option, type Command } from 'commander';
import { dataFolder } from '#platform/paths.ts';
import { runDiff } from '../strangler/switch/diff.ts';
import { findReplica } from '../strangler/switch/find-replicas.ts';
import type { RunVerb } from './switch-moves.ts';
import { wholeNumber } from './options.ts';

interface DiffWords {
  readonly json?: boolean;
  readonly repair?: boolean;
  readonly restart?: boolean;
  readonly chunkRows: number;
  readonly maxLag: number;
}

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
}
