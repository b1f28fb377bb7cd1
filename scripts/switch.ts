// npm run switch: moves a capability between the monolith and its service, verb by verb.
import { Command } from 'commander';
import { dataFolder } from '#platform/paths.ts';
import { ownerNames } from '#platform/postgres/owners.ts';
import { databaseExists, openServer, stopIfUnused } from '#platform/postgres/server.ts';
import { runProcess } from '#platform/process.ts';
import { openSecrets } from '#platform/secrets.ts';
import { SetupError } from '#platform/setup-error.ts';
import { CAPABILITIES } from '../strangler/capabilities.ts';
import { findReplica, findReplicas } from '../strangler/switch/find-replicas.ts';
import { runReplicate, type Output } from '../strangler/switch/replicate.ts';
import { runStatus } from '../strangler/switch/status.ts';
import { runStop } from '../strangler/switch/stop.ts';

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
  SHOP_DATA_DIR   where the shop's data lies, instead of .shop/<stage>
  DATABASE_URL    the PostgreSQL server of the shop, if not the embedded one`,
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
  .description('end its replication, and remove all that it needed on both sides; the rows stay')
  .option('--empty-service', "also remove the rows of the service's tables, so that they can be copied again")
  .option('--json', 'print one object')
  .action(
    (
      capability: string,
      { json = false, emptyService = false }: { json?: boolean; emptyService?: boolean },
    ) =>
      run(json, async (serverUrl, output) => {
        const complete = await runStop(findReplica(capability, serverUrl, PREFIX), { emptyService }, output);
        if (!complete) process.exitCode = 1;
      }),
  );

program
  .command('status [capability]')
  .description('how it, or every capability, stands')
  .option('--json', 'print one object')
  .action((capability: string | undefined, { json = false }: { json?: boolean }) =>
    run(json, (serverUrl, output) => runStatus(findReplicas(capability, serverUrl, PREFIX), output)),
  );

async function run(json: boolean, verb: (serverUrl: string, output: Output) => Promise<void>): Promise<void> {
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interruption.abort());
  const server = await openServer({ folder: dataFolder(), secrets: openSecrets(dataFolder()) });
  try {
    if (!(await databaseExists(server.adminUrl, ownerNames(PREFIX, 'monolith').database)))
      throw new SetupError('there is no shop yet: npm start');
    await verb(server.adminUrl, {
      json,
      print: (line) => console.log(line),
      redraw: (line) => void (process.stderr.isTTY && process.stderr.write(ERASE_LINE + line)),
      signal: interruption.signal,
    });
  } finally {
    await stopIfUnused(server, PREFIX);
  }
}

await runProcess('npm run switch', async () => void (await program.parseAsync()));
