// A connection to one side's database, which says in one line what to do where that database fails.
import { Client, type QueryResultRow } from 'pg';
import { SetupError } from '#platform/setup-error.ts';
import { databaseOf, type Replica, type Side } from './replica.ts';
import { sql } from './sql.ts';

export interface SideDatabase {
  readonly side: Side;
  readonly url: string;
  readonly database: string;
  /** Of the cluster, made when it was: a copy of its files has the same. */
  readonly systemIdentifier: string;
  /** For example 180004. */
  readonly version: number;
  readonly login: string;
  readonly superuser: boolean;
  /** Every statement of one SideDatabase runs in the same session, so locks of the session cover them all. */
  readonly query: <Row extends QueryResultRow>(
    text: string,
    values?: readonly unknown[],
  ) => Promise<readonly Row[]>;
  readonly close: () => Promise<void>;
}

interface Facts {
  readonly system_identifier: string;
  readonly version: number;
  readonly login: string;
  readonly superuser: boolean;
}

const CONNECT_TIMEOUT_MS = 5_000;
/** Nothing that is asked here takes long, unless somebody else's transaction stands in its way. */
const STATEMENT_TIMEOUT_MS = 60_000;

/** @throws {SetupError} where the database does not answer. */
export async function openSide({ urls }: Pick<Replica, 'urls'>, side: Side): Promise<SideDatabase> {
  const url = urls[side];
  const database = databaseOf(url);
  const client = new Client({
    connectionString: url,
    application_name: 'strangler',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    keepAlive: true,
  });
  client.on('error', () => undefined);
  const explained = (error: unknown) => explainFailure(error, side, database);
  const close = () => client.end().catch(() => undefined);
  async function query<Row extends QueryResultRow>(text: string, values: readonly unknown[] = []) {
    try {
      // Without values it may be several statements, which PostgreSQL then runs as one transaction.
      const result = await (values.length === 0
        ? client.query<Row>(text)
        : client.query<Row>(text, [...values]));
      return result.rows;
    } catch (error) {
      throw explained(error);
    }
  }

  try {
    await client.connect();
  } catch (error) {
    await close();
    throw explained(error);
  }
  const [facts] = await query<Facts>(sql('identify'));
  if (facts === undefined) throw new Error('the login has no role');
  const { system_identifier: systemIdentifier, ...rest } = facts;
  return { side, url, database, systemIdentifier, ...rest, query, close };
}

/** @throws {SetupError} where one of them does not answer. */
export async function withSides<T>(
  replica: Pick<Replica, 'urls'>,
  use: (sides: Readonly<Record<Side, SideDatabase>>) => Promise<T>,
): Promise<T> {
  const monolith = await openSide(replica, 'monolith');
  try {
    const service = await openSide(replica, 'service');
    try {
      return await use({ monolith, service });
    } finally {
      await service.close();
    }
  } finally {
    await monolith.close();
  }
}

/** The server shuts down, starts up, or is gone; the driver has no code of its own for the last. */
const GONE = /^(57P0[1-5]|08\w{3}|ECONN\w+|EPIPE|ENOTFOUND|ETIMEDOUT|EHOSTUNREACH)$/;
const GONE_WORDS = /Connection terminated|connection error and is not queryable|timeout expired/;

export class DatabaseGone extends SetupError {}

function explainFailure(error: unknown, side: Side, database: string): unknown {
  if (!(error instanceof Error)) return error;
  const first = error instanceof AggregateError ? (error.errors[0] as Error) : error;
  const { code = '' } = first as { code?: string };
  if (GONE.test(code) || GONE_WORDS.test(first.message)) {
    return new DatabaseGone(
      `the ${side}'s database ${database} does not answer (${first.message}): start it, then run this again`,
      { cause: error },
    );
  }
  if (code === '3D000')
    return new DatabaseGone(`the ${side} has no database ${database}: npm start makes it`, { cause: error });
  if (code === '42501' || /^28/.test(code))
    return new SetupError(`the ${side}'s login lacks a privilege: ${first.message}`, { cause: error });
  return error;
}

/** The error of PostgreSQL itself. */
export const sqlState = (error: unknown): string | undefined => (error as { code?: string } | null)?.code;
