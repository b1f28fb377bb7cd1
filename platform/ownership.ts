// Who owns a capability's tables, as this process's own database has it: read at each use, since nobody keeps the truth
// but the row.
import { createBatches } from './batches.ts';
import { layersOf } from './database.ts';

export interface Ownership {
  readonly owner: 'monolith' | 'service';
  /** Grows with every move. */
  readonly epoch: number;
  readonly state: 'ACTIVE' | 'DRAINING';
}

/** What a Prisma client offers, as far as it is needed here. */
interface Sql {
  $queryRawUnsafe<Rows>(statement: string, ...values: unknown[]): Promise<Rows>;
}

/**
 * @returns undefined where nothing is replicated: whoever's tables they have always been owns them.
 * @throws where the database does.
 */
export type ReadOwnership = () => Promise<Ownership | undefined>;

/** No such table or schema, or not for this login: the replication was stopped meanwhile. */
const GONE = /^(42P01|3F000|42501)$/;
/** It may be made anew, and dropped again, between two looks. */
const ATTEMPTS = 3;
const isGone = (error: unknown): boolean =>
  layersOf(error).some(({ code, originalCode }) => GONE.test(originalCode ?? code ?? ''));

/**
 * A read is one statement, which begins after it was asked for. Inside of a transaction it is a statement of that;
 * outside, whoever asks while one is under way shares the next.
 * @param current the transaction that the caller runs in, or the plain client; call this outside of any.
 * @param schema that holds the capability's tables.
 */
export function createOwnershipReader(current: () => Sql, schema: string): ReadOwnership {
  const client = current();
  const table = `${schema}.ownership`;
  // Asked each time as long as there is none: no row may appear and be overlooked.
  const find = `SELECT coalesce(has_table_privilege(to_regclass('${table}'), 'SELECT'), false) AS known`;
  const look = `SELECT owner, epoch::float8 AS epoch, state FROM ${table}`;
  let known = false;

  async function isThere(sql: Sql): Promise<boolean> {
    known ||= (await sql.$queryRawUnsafe<{ known: boolean }[]>(find))[0]?.known === true;
    return known;
  }

  async function read(sql: Sql): Promise<Ownership | undefined> {
    return (await isThere(sql)) ? (await sql.$queryRawUnsafe<Ownership[]>(look))[0] : undefined;
  }

  async function readOrForget(): Promise<Ownership | undefined> {
    try {
      return await read(client);
    } catch (error) {
      if (!isGone(error)) throw error;
      known = false;
      return read(client);
    }
  }

  /** A statement that fails would end the transaction of the caller, who has nothing to do with it: hence the savepoint. */
  async function readWithin(transaction: Sql): Promise<Ownership | undefined> {
    for (let attempt = 1; await isThere(transaction); attempt += 1) {
      await transaction.$queryRawUnsafe('SAVEPOINT ownership');
      try {
        const [ownership] = await transaction.$queryRawUnsafe<Ownership[]>(look);
        await transaction.$queryRawUnsafe('RELEASE SAVEPOINT ownership');
        return ownership;
      } catch (error) {
        if (!isGone(error) || attempt === ATTEMPTS) throw error;
        await transaction.$queryRawUnsafe('ROLLBACK TO SAVEPOINT ownership');
        known = false;
      }
    }
    return undefined;
  }

  const readShared = createBatches(async (asked: readonly null[]) => {
    const ownership = await readOrForget();
    return asked.map(() => ownership);
  });
  return () => {
    const sql = current();
    return sql === client ? readShared(null) : readWithin(sql);
  };
}
