// Keeps a second process away from a file, by a lock that the kernel drops with its holder, even after SIGKILL.
import { DatabaseSync } from 'node:sqlite';
import { SetupError } from '#platform/setup-error.ts';

const SQLITE_BUSY = 5;

/**
 * Node offers no file locks. SQLite takes them on every platform, so a transaction that is never finished is the
 * lock: nothing is ever written to the database `<file>.lock`, and what is left of it after a crash locks nobody out.
 * @returns releases the lock.
 * @throws {SetupError} if another process holds it.
 */
export function lock(file: string): () => void {
  const database = new DatabaseSync(`${file}.lock`);
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if ((error as { errcode?: number }).errcode !== SQLITE_BUSY) throw error;
    throw new SetupError(
      `${file} is in use by another payment provider: stop that one, ` +
        'or set SHOP_DATA_DIR and SHOP_PORT_OFFSET to run beside it',
      { cause: error },
    );
  }
  return () => database.close();
}
