// The ambient transaction: whoever calls a repository inside inTransaction() takes part in it without being told.
import { AsyncLocalStorage } from 'node:async_hooks';
import { ShopError } from './errors.ts';

/** What a Prisma client offers, as far as transactions go. */
interface Transactional<Tx> {
  $transaction<T>(
    work: (transaction: Tx) => Promise<T>,
    options?: { maxWait?: number; timeout?: number },
  ): Promise<T>;
}

export interface Database<Client, Tx> {
  /** The transaction that the caller runs in, or the plain client outside of one. */
  readonly current: () => Client | Tx;
  /**
   * Runs the work in one transaction, or in the caller's if there is one. A deadlock or a serialization
   * failure is tried again a few times, so the work must have no effect but in the database.
   */
  readonly inTransaction: <T>(work: () => Promise<T>) => Promise<T>;
}

const ATTEMPTS = 4;
/** How long to wait for a free connection; above that the shop is overloaded, and says so. */
const MAX_WAIT_MS = 5_000;
/** The server's own transaction_timeout is shorter; this one only catches what it cannot see. */
const TIMEOUT_MS = 5_000;

export function createDatabase<Client extends Transactional<Tx>, Tx>(client: Client): Database<Client, Tx> {
  const ambient = new AsyncLocalStorage<Tx>();

  async function begin<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await client.$transaction((transaction) => ambient.run(transaction, work), {
          maxWait: MAX_WAIT_MS,
          timeout: TIMEOUT_MS,
        });
      } catch (error) {
        if (!isRetryable(error) || attempt === ATTEMPTS) throw error;
      }
    }
  }

  return {
    current: () => ambient.getStore() ?? client,
    inTransaction: (work) => (ambient.getStore() === undefined ? begin(work) : work()),
  };
}

/** Serialization failure and deadlock: the database undid everything, and asks to be asked again. */
const RETRYABLE = /^(40001|40P01|P2034|TransactionWriteConflict)$/;
/**
 * Timeouts, a lost connection, no connection free, a server that shuts down, starts up, or has no room; a database that
 * takes no connections for a while (55000).
 */
const UNAVAILABLE = new RegExp(
  `^(${[
    '57P0[1-5]|57014|08\\w{3}|25P0[34]|53\\w{3}|55000|ECONN\\w+',
    'P1001|P1002|P1008|P1017|P2024|P2028',
    'DatabaseNotReachable|ConnectionClosed|SocketTimeout|TooManyConnections|TransactionAlreadyClosed',
  ].join('|')})$`,
);
/** What pg says without a code of its own. */
const LOST_CONNECTION =
  /connection error and is not queryable|Connection terminated|timeout exceeded when trying to connect/;

const isRetryable = (error: unknown) => codesOf(error).some((code) => RETRYABLE.test(code));

/** @returns the error for callers where the database cannot serve just now; undefined for anything else. */
export function translateDatabaseError(error: unknown): ShopError | undefined {
  const lost = error instanceof Error && LOST_CONNECTION.test(error.message);
  if (!lost && !isRetryable(error) && !codesOf(error).some((code) => UNAVAILABLE.test(code)))
    return undefined;
  return new ShopError('unavailable', 'unavailable', 'The database cannot serve this just now. Try again.', {
    retryAfter: 1,
    cause: error,
  });
}

/** The codes and kinds of all layers. */
const codesOf = (error: unknown): readonly string[] =>
  layersOf(error).flatMap(({ code, originalCode, kind }) =>
    [code, originalCode, kind].filter((name) => name !== undefined),
  );

/** Prisma wraps the driver's error in its own, and that the server's. */
export function layersOf(error: unknown): readonly ErrorLayer[] {
  const layers: ErrorLayer[] = [];
  let layer: unknown = error;
  for (let depth = 0; depth < 5 && typeof layer === 'object' && layer !== null; depth += 1) {
    const known = layer as ErrorLayer;
    layers.push(known);
    layer = known.meta?.driverAdapterError ?? known.cause;
  }
  return layers;
}

export interface ErrorLayer {
  readonly code?: string;
  /** The server's SQLSTATE. */
  readonly originalCode?: string;
  readonly kind?: string;
  /** What the server said beside its message. */
  readonly detail?: string;
  readonly cause?: unknown;
  readonly meta?: { readonly driverAdapterError?: unknown };
}
