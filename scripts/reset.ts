// npm run reset: forgets everything that the shop has stored, so that the next start begins with a fresh seed.
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { escapeIdentifier } from 'pg';
import { dataFolder, listOwners } from '#platform/paths.ts';
import { findRunningCluster } from '#platform/postgres/cluster.ts';
import { ownerNames, withClient } from '#platform/postgres/owners.ts';
import { externalServer, takeSupervision } from '#platform/postgres/server.ts';
import { runProcess } from '#platform/process.ts';
import { openSecrets } from '#platform/secrets.ts';
import { SetupError } from '#platform/setup-error.ts';

const PREFIX = 'shop';
/** What the project makes there; whatever else lies in the folder is not ours to remove. */
const OURS = ['postgres', 'postgres.log', 'payment-provider', 'gateway-plans.json', 'secrets.json'];

new Command('npm run reset')
  .description(
    'Remove the data of this checkout (or, with DATABASE_URL, its databases there). Refused while the shop runs.',
  )
  .parse();

await runProcess('npm run reset', async () => {
  const folder = dataFolder();
  const external = await externalServer();
  if (external !== undefined) await dropDatabases(external);
  else if (existsSync(join(folder, 'postgres'))) await stopServer(folder);
  for (const name of OURS) rmSync(join(folder, name), { recursive: true, force: true });
  console.log(
    `removed the data in ${external === undefined ? folder : 'the databases of DATABASE_URL'}: the next npm start begins afresh`,
  );
});

/** A server that a killed run has left behind; one that serves a shop is not stopped. */
async function stopServer(folder: string): Promise<void> {
  const cluster = await findRunningCluster(folder, openSecrets(folder).postgresPassword);
  if (cluster === undefined) return;
  const release = await takeSupervision(cluster.url, PREFIX);
  await release();
  await cluster.stop();
}

async function dropDatabases(serverUrl: string): Promise<void> {
  const release = await takeSupervision(serverUrl, PREFIX);
  await withClient(serverUrl, async (admin) => {
    for (const owner of listOwners()) {
      const { database } = ownerNames(PREFIX, owner);
      try {
        await admin.query(`DROP DATABASE IF EXISTS ${escapeIdentifier(database)} WITH (FORCE)`);
      } catch (error) {
        throw explain(error, database);
      }
    }
  });
  await release();
}

/** FORCE ends sessions; slots and subscriptions hold the database all the same. */
function explain(error: unknown, database: string): unknown {
  if ((error as { code?: string }).code !== '55006') return error;
  return new SetupError(`${database} is replicated: end that first, npm run switch -- stop <capability>`, {
    cause: error,
  });
}
