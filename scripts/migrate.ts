// npm run migrate: makes, applies and shows the migrations of an owner's database, in Prisma's own format.
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Command } from 'commander';
import { dataFolder, projectRoot } from '#platform/paths.ts';
import { createMigration, listMigrations, migrationState } from '#platform/postgres/migrations.ts';
import { databaseUrl, ownerNames, rolePassword } from '#platform/postgres/owners.ts';
import { prepareOwner } from '#platform/postgres/prepare-owner.ts';
import { databaseExists, openServer, stopIfUnused, type Server } from '#platform/postgres/server.ts';
import { runProcess } from '#platform/process.ts';
import { openSecrets } from '#platform/secrets.ts';
import { SetupError } from '#platform/setup-error.ts';

const PREFIX = 'shop';
const secrets = () => openSecrets(dataFolder());

const program = new Command('npm run migrate --')
  .description('Migrations of prisma/<owner>, applied as the role that owns the tables.')
  .option('--owner <name>', 'a folder of prisma/', 'monolith');

program
  .command('create <name>')
  .description(
    'write the difference between the newest migration and schema.prisma; carry the stage in the name: stage_1_…',
  )
  .action((name: string) => run((server) => create(server, name)));

program
  .command('apply')
  .description('apply what is pending, beside a running shop too; what an earlier release still needs stays')
  .option(
    '--contract',
    'go on to what takes that away: only when nothing of the earlier release runs any more',
  )
  .action((options: { contract?: true }) => run((server) => apply(server, options.contract ?? false)));

program
  .command('status')
  .description('show which migrations are applied')
  .option('--json', 'print one object')
  .action((options: { json?: true }) => run((server) => status(server, options.json ?? false)));

const owner = () => program.opts<{ owner: string }>().owner;
const folder = () => join(projectRoot, 'prisma', owner());

async function create(server: Server, name: string): Promise<void> {
  if (!/^stage_\d_[a-z0-9_]+$/.test(name)) {
    throw new SetupError(
      `"${name}" is not a migration's name: it begins with its stage, as in stage_1_split_stock`,
    );
  }
  const made = await createMigration(server.adminUrl, folder(), name, new Date());
  if (made === undefined)
    console.log('schema.prisma is what the newest migration leads to: nothing to write');
  else console.log(`wrote ${relative(projectRoot, made)}: read migration.sql before you apply it`);
}

async function apply(server: Server, contract: boolean): Promise<void> {
  const { roleSecret } = secrets();
  const { applied, waiting } = await prepareOwner(
    server.adminUrl,
    PREFIX,
    owner(),
    (role) => rolePassword(roleSecret, role),
    { contract, onNotice: (notice) => console.error(`  ${notice}`) },
  );
  for (const name of applied) console.log(`applied ${name}`);
  for (const name of waiting) console.log(`waiting ${name}`);
  if (applied.length === 0 && waiting.length === 0) console.log('nothing is pending');
  if (waiting.length > 0)
    console.log('when nothing of the earlier release runs any more: npm run migrate -- apply --contract');
}

async function status(server: Server, json: boolean): Promise<void> {
  const { database } = ownerNames(PREFIX, owner());
  const state = (await databaseExists(server.adminUrl, database))
    ? await migrationState(databaseUrl(server.adminUrl, database), folder())
    : { applied: [], pending: listMigrations(folder()) };
  if (json) return console.log(JSON.stringify({ database, ...state }));
  for (const name of state.applied) console.log(`applied  ${name}`);
  for (const name of state.pending) console.log(`pending  ${name}`);
}

async function run(verb: (server: Server) => Promise<void>): Promise<void> {
  await runProcess('npm run migrate', async () => {
    if (!existsSync(join(folder(), 'schema.prisma')))
      throw new SetupError(`there is no prisma/${owner()}/schema.prisma`);
    const server = await openServer({ folder: dataFolder(), secrets: secrets() });
    try {
      await verb(server);
    } finally {
      await stopIfUnused(server, PREFIX);
    }
  });
}

await program.parseAsync();
