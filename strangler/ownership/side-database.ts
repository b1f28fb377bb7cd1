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
  /** Of several statements, the rows of the last. Every statement of one SideDatabase runs in the same session, so locks of the session cover them all. */
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
      // Without values it may be several statements, which PostgreSQL then runs as one transaction; of those the driver
      // gives a list that its types do not know.
      const result = await (values.length === 0
        ? client.query<Row>(text)
        : client.query<Row>(text, [...values]));
      return [result].flat().at(-1)?.rows ?? [];
    } catch (error) {
      throw explained(error);
    }
  }

  try {
    await client.connect();
  } catch (error) {
    await close();
    throw explainRefusal(error, side, database);
  }
  const [facts] = await query<Facts>(sql('identify'));
  if (facts === undefined) throw new Error('the login has no role');
  const { system_identifier: systemIdentifier, ...rest } = facts;
  return { side, url, database, systemIdentifier, ...rest, query, close };
}

/** @throws {SetupError} where both sides are one: its two sessions would wait for each other. */
export function refuseSameDatabase([one, other]: readonly SideDatabase[]): void {
  if (one?.database !== other?.database || one?.systemIdentifier !== other?.systemIdentifier) return;
  throw new SetupError(`both sides are the same database, ${one?.database}`);
}

/** @throws {SetupError} where one of them does not answer, or both are the same. */
export async function withSides<T>(
  replica: Pick<Replica, 'urls'>,
  use: (sides: Readonly<Record<Side, SideDatabase>>) => Promise<T>,
): Promise<T> {
  const monolith = await openSide(replica, 'monolith');
  try {
    const service = await openSide(replica, 'service');
    try {
      refuseSameDatabase([monolith, service]);
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

/** For who goes on without a side that does not answer. */
export async function openOrGone(
  replica: Pick<Replica, 'urls'>,
  side: Side,
): Promise<SideDatabase | DatabaseGone> {
  try {
    return await openSide(replica, side);
  } catch (error) {
    if (error instanceof DatabaseGone) return error;
    throw error;
  }
}

/** Whatever keeps a connection from being made, but for the login, is a matter of the database. */
function explainRefusal(error: unknown, side: Side, database: string): unknown {
  const explained = explainFailure(error, side, database);
  if (explained instanceof SetupError) return explained;
  const { code, message } = error as Failure;
  const why = code === '3D000' ? `the ${side} has no database ${database}: npm start makes it` : undefined;
  return new DatabaseGone(why ?? `the ${side}'s database ${database} refuses to be used: ${message}`, {
    cause: error,
  });
}

interface Failure {
  readonly code?: string;
  readonly message: string;
  /** Where a name has several addresses, each has failed in its own way. */
  readonly errors?: readonly Failure[];
}

/** By its shape: what the runtime throws need not be an Error of this realm. */
function explainFailure(error: unknown, side: Side, database: string): unknown {
  const failure = error as Failure;
  const first = failure.errors?.[0] ?? failure;
  const { code = '' } = first;
  if (GONE.test(code) || GONE_WORDS.test(first.message)) {
    return new DatabaseGone(
      `the ${side}'s database ${database} does not answer (${first.message}): start it, then run this again`,
      { cause: error },
    );
  }
  if (code === '42501' || /^28/.test(code))
    return new SetupError(`the ${side}'s login lacks a privilege: ${first.message}`, { cause: error });
  return error;
}

/** The error of PostgreSQL itself. */
export const sqlState = (error: unknown): string | undefined => (error as { code?: string } | null)?.code;
