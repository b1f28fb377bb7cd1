// Checks that a server named by DATABASE_URL can carry the project, before anything is made on it.
import { Client } from 'pg';
import { SetupError } from '../setup-error.ts';

interface Facts {
  readonly version: number;
  readonly may_create_databases: boolean;
  readonly may_create_roles: boolean;
  readonly in_recovery: boolean;
}

const FACTS = `
  SELECT current_setting('server_version_num')::int AS version,
         rolsuper OR rolcreatedb AS may_create_databases,
         rolsuper OR rolcreaterole AS may_create_roles,
         pg_is_in_recovery() AS in_recovery
  FROM pg_roles WHERE rolname = current_user`;

/**
 * The rest that a server may differ in (encoding, collation) is set on each database when it is created.
 * @throws {SetupError} one line: what is missing, and how it is given.
 */
export async function checkServer(url: string): Promise<void> {
  const facts = await readFacts(url);
  if (facts.version < 180_000) {
    throw new SetupError(
      `DATABASE_URL is PostgreSQL ${Math.floor(facts.version / 10_000)}: 18 or newer is needed`,
    );
  }
  if (facts.in_recovery) throw new SetupError('DATABASE_URL is a read-only replica: name the primary');
  if (!facts.may_create_databases || !facts.may_create_roles) {
    throw new SetupError(
      'the login of DATABASE_URL may not create databases and roles: ALTER ROLE … CREATEDB CREATEROLE',
    );
  }
}

async function readFacts(url: string): Promise<Facts> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<Facts>(FACTS);
    if (rows[0] === undefined) throw new Error('no such role');
    return rows[0];
  } catch (error) {
    const reason = error instanceof AggregateError ? String(error.errors[0]) : (error as Error).message;
    throw new SetupError(
      `DATABASE_URL does not answer (${reason}): start that server, or unset it for the embedded one`,
      {
        cause: error,
      },
    );
  } finally {
    await client.end().catch(() => undefined);
  }
}
