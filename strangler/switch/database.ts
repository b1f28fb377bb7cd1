// The switch's own database, by plain SQL: a pool, and sessions out of it.
import { Pool, type PoolClient, type QueryResultRow } from 'pg';
import { translateDatabaseError } from '#platform/database.ts';
import { ShopError } from '#platform/errors.ts';
import type { Logger } from '#platform/logger.ts';

/** Of the pool, or of a session. */
export type Query = <Row extends QueryResultRow>(
  text: string,
  values?: readonly unknown[],
) => Promise<readonly Row[]>;

export interface SwitchDatabase {
  readonly query: Query;
  /** One session for as long as the work takes, for transactions and locks: they end with it, whatever happens. */
  readonly inSession: <T>(work: (query: Query) => Promise<T>) => Promise<T>;
  /** Throws where the database does not answer. */
  readonly ping: () => Promise<void>;
  readonly close: () => Promise<void>;
}

const POOL_SIZE = 10;
/** Nothing here takes long: whoever waits longer has lost the database. */
const TIMEOUT_MS = 3_000;

/** @param url as the app role, which owns no table. */
export function openDatabase(url: string, log: Logger): SwitchDatabase {
  const pool = new Pool({
    connectionString: url,
    max: POOL_SIZE,
    application_name: 'switch',
    connectionTimeoutMillis: TIMEOUT_MS,
    // By the client's clock: a server that has gone still answers nothing.
    query_timeout: TIMEOUT_MS,
    keepAlive: true,
  });
  // A connection that breaks while nobody uses it is replaced by the next one.
  pool.on('error', (error) => log.debug({ err: error }, 'a connection to the database has broken'));

  const queryOf =
    (client: Pool | PoolClient): Query =>
    async <Row extends QueryResultRow>(text: string, values: readonly unknown[] = []) =>
      (await client.query<Row>(text, [...values])).rows;

  async function inSession<T>(work: (query: Query) => Promise<T>): Promise<T> {
    const client = await pool.connect();
    let broken = true;
    try {
      const result = await work(queryOf(client));
      broken = false;
      return result;
    } finally {
      // Of a session whose work failed nobody knows what it still holds.
      client.release(broken);
    }
  }

  return {
    query: queryOf(pool),
    inSession,
    ping: async () => void (await pool.query('SELECT 1')),
    close: () => pool.end(),
  };
}

/** @param query of a session, which is given up by whoever runs it where the work fails. */
export async function inTransaction<T>(query: Query, work: () => Promise<T>): Promise<T> {
  await query('BEGIN');
  const result = await work();
  await query('COMMIT');
  return result;
}

/** What pg says without a code when nothing came back in time. */
const LATE = /^Query read timeout$/;
/** There is no such database: somebody is about to restore it, or has dropped it. */
const NO_DATABASE = '3D000';

/** @returns the error for callers where the database cannot serve just now; undefined for anything else. */
export function translateFailure(error: unknown): ShopError | undefined {
  const known = translateDatabaseError(error);
  if (known !== undefined || !(error instanceof Error)) return known;
  if (!LATE.test(error.message) && (error as { code?: string }).code !== NO_DATABASE) return undefined;
  const message = "The switch's database does not answer. Try again.";
  return new ShopError('unavailable', 'unavailable', message, { retryAfter: 1, cause: error });
}
