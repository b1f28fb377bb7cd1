// npm run switch: moves a capability between the monolith and its service, verb by verb.
import { Command } from 'commander';
import { dataFolder } from '#platform/paths.ts';
import { ownerNames } from '#platform/postgres/owners.ts';
import { databaseExists, openServer, stopIfUnused } from '#platform/postgres/server.ts';
import { runProcess } from '#platform/process.ts';
import { openSecrets } from '#platform/secrets.ts';
import { SetupError } from '#platform/setup-error.ts';
import { CAPABILITIES } from '../strangler/capabilities.ts';
import { runAudit } from '../strangler/switch/audit.ts';
import { findReplica, findReplicas } from '../strangler/switch/find-replicas.ts';
import { findPlansDatabase, readKnown } from '../strangler/switch/known-plans.ts';
import { runMismatches } from '../strangler/switch/mismatches.ts';
import { runReplicate, type Output } from '../strangler/switch/replicate.ts';
import { runSetPercent, type PercentChange } from '../strangler/switch/set-percent.ts';
import { runStatus } from '../strangler/switch/status.ts';
import { runStop } from '../strangler/switch/stop.ts';
import { pageSize, percent, wholeNumber } from './options.ts';
import { addAuto } from './switch-auto.ts'; // from stage-4
import { addMoves } from './switch-moves.ts'; // from stage-4
import { addProof } from './switch-proof.ts'; // from stage-4

const PREFIX = 'shop';
const ERASE_LINE = '\r\x1b[K';
const known = Object.keys(CAPABILITIES).join(', ');

const program = new Command('npm run switch --')
  .description('Move a capability between the monolith and its service.')
  .addHelpText(
    'after',
    `
Capabilities: ${known}

Environment:
  SHOP_DATA_DIR      where the shop's data lies, instead of .shop/<stage>
  SHOP_PORT_OFFSET   as it was given to npm start; SWITCH_PORT names the port of the switch itself
  DATABASE_URL       the PostgreSQL server of the shop, if not the embedded one`,
  );

program
  .command('replicate <capability>')
  .description(
    "copy its tables to the service's database and keep both in step, both ways; what is there already\n" +
      'is kept, so after a crash or Ctrl-C the same command goes on',
  )
  .option('--json', 'print one object')
  .action((capability: string, { json = false }: { json?: boolean }) =>
    run(json, (serverUrl, output) => runReplicate(findReplica(capability, serverUrl, PREFIX), output)),
  );

program
  .command('stop <capability>')
  .description(
    'end its replication, and remove all that it needed on both sides; the rows stay. Refused while the service\n' +
      'is asked for anything: take reads and shadow back to 0 first',
  )
  .option('--empty-service', "also remove the rows of the service's tables, so that they can be copied again")
  .option('--json', 'print one object')
  .action(
    (
      capability: string,
      { json = false, emptyService = false }: { json?: boolean; emptyService?: boolean },
    ) =>
      run(json, async (serverUrl, output) => {
        const replica = findReplica(capability, serverUrl, PREFIX);
        const plans = await findPlansDatabase(serverUrl, PREFIX);
        const complete = await runStop(replica, plans, { emptyService }, output);
        if (!complete) process.exitCode = 1;
      }),
  );

program
  .command('status [capability]')
  .description('how it, or every capability, stands')
  .option('--json', 'print one object')
  .action((capability: string | undefined, { json = false }: { json?: boolean }) =>
    run(json, async (serverUrl, output) => {
      const replicas = findReplicas(capability, serverUrl, PREFIX);
      await runStatus(replicas, await readKnown(await findPlansDatabase(serverUrl, PREFIX)), output);
    }),
  );

setsPercent('shadow', 'copy so many of its reads to the other side, too, to compare the answers; 0 to 100');
setsPercent(
  'reads',
  'let the service answer so many of the customers; 0 to 100, the same customers each time',
);
addMoves(program, run, PREFIX); // from stage-4
addProof(program, run, PREFIX); // from stage-4
addAuto(program, run, PREFIX); // from stage-4

function setsPercent(verb: PercentChange['verb'], description: string): void {
  program
    .command(`${verb} <capability>`)
    .argument('<percent>', 'of a hundred; above 0 only while every table is replicated', percent)
    .description(description)
    .option('--if-version <n>', 'only if the plan still has this version, as status showed it', wholeNumber)
    .option('--json', 'print the plan as one object')
    .action((capability: string, value: number, options: { json?: boolean; ifVersion?: number }) =>
      runSetPercent(
        { capability, verb, percent: value, version: options.ifVersion },
        { json: options.json ?? false, print },
      ),
    );
}

program
  .command('mismatches <capability>')
  .description('where both sides answered differently, although the service was not late')
  .option('--limit <n>', 'the last so many, up to 100', pageSize, 20)
  .option('--json', 'print one object')
  .action((capability: string, { limit, json = false }: { limit: number; json?: boolean }) =>
    runMismatches(capability, limit, { json, print }),
  );

program
  .command('audit [capability]')
  .description('who changed a plan or moved the right to write, when and how')
  .option('--limit <n>', 'the last so many, up to 100', pageSize, 20)
  .option('--json', 'print one object')
  .action((capability: string | undefined, { limit, json = false }: { limit: number; json?: boolean }) =>
    runAudit(capability, limit, { json, print }),
  );

function print(line: string): void {
  console.log(line);
}

async function run(json: boolean, verb: (serverUrl: string, output: Output) => Promise<void>): Promise<void> {
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interruption.abort());
  const server = await openServer({ folder: dataFolder(), secrets: openSecrets(dataFolder()) });
  try {
    if (!(await databaseExists(server.adminUrl, ownerNames(PREFIX, 'monolith').database)))
      throw new SetupError('there is no shop yet: npm start');
    await verb(server.adminUrl, {
      json,
      print,
      redraw: (line) => void (process.stderr.isTTY && process.stderr.write(ERASE_LINE + line)),
      signal: interruption.signal,
    });
  } finally {
    await stopIfUnused(server, PREFIX);
  }
}

await runProcess('npm run switch', async () => void (await program.parseAsync()));
