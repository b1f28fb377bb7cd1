// A write that carries a key is done once: its effect, its key and its reply are one transaction.
//
// Whoever repeats it, at this process or at another one, meets the row of the first: one that has committed is answered
// from, one that is still under way is waited for (on the unique index), and of one that failed nothing is left.
import { createHmac } from 'node:crypto';
import { ShopError } from './errors.ts';
import { failpoint } from './failpoints.ts';

export interface KeyedRequest {
  /** Whose key it is: the keys of different callers have nothing to do with each other. */
  readonly caller: string;
  /** Undefined for a write that carries none: it is done as often as it is sent. */
  readonly key: string | undefined;
  /** The operation's id. */
  readonly operation: string;
  /** All that decides what is done, equal for equal requests. */
  readonly request: unknown;
}

/**
 * Does the work, or replies as the first time.
 * @param work takes part in the ambient transaction, and has no effect but in the database. Its reply is JSON.
 * @throws {ShopError} `idempotency_key_reused` where the key was used for another request; whatever the work throws.
 */
export type Once = <Reply>(request: KeyedRequest, work: () => Promise<Reply>) => Promise<Reply>;

/** What a Prisma client offers, as far as it is needed here. */
interface Sql {
  $queryRawUnsafe<Rows>(statement: string, ...values: unknown[]): Promise<Rows>;
  $executeRawUnsafe(statement: string, ...values: unknown[]): Promise<number>;
}

interface SqlDatabase {
  readonly current: () => Sql;
  readonly inTransaction: <T>(work: () => Promise<T>) => Promise<T>;
}

interface StoredReply {
  readonly requestHash: string;
  readonly reply: unknown;
}

/** A key is remembered at least so long. */
const REMEMBERED = '24 hours';
/** Each claim adds one row and removes up to so many old ones: the table shrinks to the keys of the last day. */
const REMOVED_PER_CLAIM = 4;

/**
 * @param table with the columns caller, key, request_hash, reply (json), created_at; the first two are its key.
 * @param secret of the hash that tells requests apart. A request may hold a password: a hash without a secret, and
 * as fast as this one, would let whoever reads the table find it out.
 */
export function createIdempotentWrites(database: SqlDatabase, table: string, secret: string): Once {
  const { current, inTransaction } = database;
  const hashKey = createHmac('sha256', secret).update('idempotency keys').digest();
  const claim = `
    WITH old AS (
      DELETE FROM ${table} WHERE (caller, key) IN (
        SELECT caller, key FROM ${table}
        WHERE created_at < now() - interval '${REMEMBERED}' AND (caller, key) <> ($1, $2)
        ORDER BY created_at LIMIT ${REMOVED_PER_CLAIM} FOR UPDATE SKIP LOCKED)
    )
    INSERT INTO ${table} (caller, key, request_hash) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`;
  const store = `UPDATE ${table} SET reply = $3::json WHERE caller = $1 AND key = $2`;
  const find = `SELECT request_hash AS "requestHash", reply FROM ${table} WHERE caller = $1 AND key = $2`;

  return async (request, work) => {
    const { caller, key } = request;
    if (key === undefined) return work();
    const requestHash = createHmac('sha256', hashKey)
      .update(JSON.stringify([request.operation, request.request]))
      .digest('base64url');

    const reply = await inTransaction(async () => {
      if ((await current().$executeRawUnsafe(claim, caller, key, requestHash)) === 1) {
        await failpoint('once.claimed');
        const made = await work();
        await current().$executeRawUnsafe(store, caller, key, JSON.stringify(made ?? null));
        await failpoint('once.stored');
        return made;
      }
      const [first] = await current().$queryRawUnsafe<StoredReply[]>(find, caller, key);
      // An old key that another claim has removed since this one met it.
      if (first === undefined)
        throw new ShopError('unavailable', 'unavailable', 'Try again.', { retryAfter: 1 });
      if (first.requestHash !== requestHash) {
        throw new ShopError(
          'conflict',
          'idempotency_key_reused',
          'This key was used for another request. Take a new one.',
        );
      }
      return (first.reply ?? undefined) as Awaited<ReturnType<typeof work>>;
    });
    await failpoint('once.committed');
    return reply;
  };
}
