// The PostgreSQL server of this checkout: the embedded one, or the one that DATABASE_URL names.
import { Client } from 'pg';
import { z } from 'zod';
import { port, readConfig, setting } from '../config.ts';
import type { Secrets } from '../secrets.ts';
import { SetupError } from '../setup-error.ts';
import { checkServer } from './check-server.ts';
import { openCluster } from './cluster.ts';
import { withClient } from './owners.ts';

export interface Server {
  /** Of a login that may create databases and roles, to its maintenance database. */
  readonly adminUrl: string;
  readonly embedded: boolean;
  /** Whether this call started it; a server that was running already is somebody else's to stop. */
  readonly started: boolean;
  stop(): Promise<void>;
}

const settings = {
  databaseUrl: setting(
    'DATABASE_URL',
    z.url({ protocol: /^postgres(ql)?$/, error: 'is not a postgresql:// URL' }).optional(),
  ),
  postgresPort: setting('POSTGRES_PORT', port(54321)),
};

export interface ServerOptions {
  readonly folder: string;
  readonly secrets: Secrets;
  /** For tests and `--temporary`: a free port, and no fsync. */
  readonly disposable?: boolean;
}

/** The server of DATABASE_URL, checked; undefined where it is not set. @throws {SetupError} where it will not do. */
export async function externalServer(): Promise<string | undefined> {
  const { databaseUrl } = readConfig(settings);
  if (databaseUrl !== undefined) await checkServer(databaseUrl);
  return databaseUrl;
}

/** @throws {SetupError} where the server cannot be had, or lacks what the project needs. */
export async function openServer({ folder, secrets, disposable = false }: ServerOptions): Promise<Server> {
  const external = await externalServer();
  if (external !== undefined) {
    return { adminUrl: external, embedded: false, started: false, stop: async () => undefined };
  }
  const { postgresPort } = readConfig(settings);
  const cluster = await openCluster({
    folder,
    port: disposable ? 0 : postgresPort,
    password: secrets.postgresPassword,
    disposable,
  });
  return { adminUrl: cluster.url, embedded: true, started: cluster.started, stop: () => cluster.stop() };
}

/** Any number that nothing else in the project locks: whoever holds it runs the shop on this server. */
const SUPERVISOR_LOCK = 7_041_777;

/**
 * Makes this process the only one that runs the shop of this server, until the returned release is called
 * or the process dies.
 * @throws {SetupError} where another process does.
 */
export async function takeSupervision(adminUrl: string, prefix: string): Promise<() => Promise<void>> {
  const client = new Client({ connectionString: adminUrl });
  client.on('error', () => undefined);
  await client.connect();
  const { rows } = await client.query<{ taken: boolean }>(
    'SELECT pg_try_advisory_lock($1, hashtext($2)) AS taken',
    [SUPERVISOR_LOCK % 2 ** 31, prefix],
  );
  if (rows[0]?.taken !== true) {
    await client.end();
    throw new SetupError(
      'the shop is running already on this data: stop it first, or run another checkout with SHOP_PORT_OFFSET=100',
    );
  }
  return () => client.end();
}

/** Stops the server unless somebody runs the shop on it by now. */
export async function stopIfUnused(server: Server, prefix: string): Promise<void> {
  if (!server.started) return;
  try {
    const release = await takeSupervision(server.adminUrl, prefix);
    await release();
  } catch {
    return;
  }
  await server.stop();
}

/** @returns whether the database exists on the server. */
export async function databaseExists(adminUrl: string, database: string): Promise<boolean> {
  return withClient(adminUrl, async (admin) => {
    const { rowCount } = await admin.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
    return rowCount === 1;
  });
}
