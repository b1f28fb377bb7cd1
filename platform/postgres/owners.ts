// One database per owner, with two roles: one owns the tables and cannot log in, the other logs in and owns nothing.
import { createHmac } from 'node:crypto';
import { Client, escapeIdentifier, escapeLiteral } from 'pg';

/**
 * Below the time for which callers may be held while ownership moves, so that no forgotten transaction can
 * make them fail.
 */
const TRANSACTION_TIMEOUT = '1900ms';
const IDLE_IN_TRANSACTION_TIMEOUT = '1500ms';
const DEAD_CLIENT_CHECK_INTERVAL = '100ms';

/**
 * What a page out of order costs the planner, against 1 for the next one. PostgreSQL's 4 is that of a turning disk: with
 * it a rare word among a million products is looked for product by product (13 ms) and not in the word index (2 ms).
 */
const RANDOM_PAGE_COST = 1.1;

export interface OwnerNames {
  readonly database: string;
  /** Owns the tables; migrations run as this role. Cannot log in. */
  readonly ownerRole: string;
  /** The process's own role: reads and writes rows, and can neither change nor drop a table. */
  readonly appRole: string;
}

/** `prefix` keeps apart what shares a server: `shop`, or a test's own. */
export function ownerNames(prefix: string, owner: string): OwnerNames {
  return {
    database: `${prefix}_${owner}`,
    ownerRole: `${prefix}_${owner}_owner`,
    appRole: `${prefix}_${owner}`,
  };
}

/** The app role's password: derived, so that every process of a data folder finds the same without asking. */
export const rolePassword = (secret: string, role: string) =>
  createHmac('sha256', secret).update(role).digest('base64url');

/** Creates the roles and the database where they are missing; changes nothing where they stand. */
export async function ensureOwner(adminUrl: string, names: OwnerNames, password: string): Promise<void> {
  await withClient(adminUrl, async (admin) => {
    await ensureRole(admin, names.ownerRole, 'NOLOGIN');
    await ensureRole(admin, names.appRole, 'LOGIN');
    const appRole = escapeIdentifier(names.appRole);
    const ownerRole = escapeIdentifier(names.ownerRole);
    await admin.query(`ALTER ROLE ${appRole} PASSWORD ${escapeLiteral(password)}`);
    await admin.query(`ALTER ROLE ${appRole} SET transaction_timeout = '${TRANSACTION_TIMEOUT}'`);
    await admin.query(
      `ALTER ROLE ${appRole} SET idle_in_transaction_session_timeout = '${IDLE_IN_TRANSACTION_TIMEOUT}'`,
    );
    // The role's and not the server's: it holds on the server of DATABASE_URL too.
    await admin.query(`ALTER ROLE ${appRole} SET random_page_cost = ${RANDOM_PAGE_COST}`);
    await forgetDeadClients(admin, appRole);
    await admin.query(`GRANT ${ownerRole} TO CURRENT_USER`);

    const found = await admin.query('SELECT 1 FROM pg_database WHERE datname = $1', [names.database]);
    if (found.rowCount === 0) {
      // Text sorts by code point on every machine alike, whatever the server's own locale.
      await admin.query(`
        CREATE DATABASE ${escapeIdentifier(names.database)} OWNER ${ownerRole} TEMPLATE template0
        ENCODING 'UTF8' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C'`);
    }
    await admin.query(`REVOKE ALL ON DATABASE ${escapeIdentifier(names.database)} FROM PUBLIC`);
    await admin.query(`GRANT CONNECT ON DATABASE ${escapeIdentifier(names.database)} TO ${appRole}`);
  });
  await withClient(databaseUrl(adminUrl, names.database), (admin) => grantRows(admin, names));
}

/**
 * A process that was killed leaves statements behind that wait for a lock. Each would stand in the queue before those
 * that were sent again in its place, and at every further death the queue would be longer. A server on Windows cannot
 * tell, and does without.
 */
async function forgetDeadClients(admin: Client, appRole: string): Promise<void> {
  await admin.query(`
    DO $$ BEGIN
      ALTER ROLE ${appRole} SET client_connection_check_interval = '${DEAD_CLIENT_CHECK_INTERVAL}';
    EXCEPTION WHEN invalid_parameter_value THEN NULL;
    END $$`);
}

/** Rows, not tables: whatever the owner role creates, the app role may read and write. */
async function grantRows(admin: Client, names: OwnerNames): Promise<void> {
  const appRole = escapeIdentifier(names.appRole);
  const ownerRole = escapeIdentifier(names.ownerRole);
  await admin.query(`GRANT USAGE ON SCHEMA public TO ${appRole}`);
  await admin.query(`ALTER DEFAULT PRIVILEGES FOR ROLE ${ownerRole} GRANT USAGE ON SCHEMAS TO ${appRole}`);
  await admin.query(
    `ALTER DEFAULT PRIVILEGES FOR ROLE ${ownerRole} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${appRole}`,
  );
}

/** The migration history is the owner's: the app role may not touch it. Call it after migrating. */
export async function protectHistory(adminUrl: string, names: OwnerNames): Promise<void> {
  await withClient(databaseUrl(adminUrl, names.database), async (admin) => {
    await admin.query(
      `REVOKE ALL ON TABLE public._prisma_migrations FROM ${escapeIdentifier(names.appRole)}`,
    );
  });
}

async function ensureRole(admin: Client, role: string, login: 'LOGIN' | 'NOLOGIN'): Promise<void> {
  const found = await admin.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
  if (found.rowCount === 0) await admin.query(`CREATE ROLE ${escapeIdentifier(role)} ${login}`);
}

/** The same server and login, another database. */
export function databaseUrl(url: string, database: string): string {
  const result = new URL(url);
  result.pathname = `/${database}`;
  return result.href;
}

/** The same server and database, another login. */
export function loginUrl(url: string, user: string, password: string): string {
  const result = new URL(url);
  result.username = user;
  result.password = password;
  return result.href;
}

export async function withClient<T>(
  connectionString: string,
  use: (client: Client) => Promise<T>,
): Promise<T> {
  const client = new Client({ connectionString });
  // A connection that breaks fails the statement that runs on it; one that is idle must not end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
