// Changes the row that says who owns, at the side that does: each change a compare-and-set on the row that was seen.
import type { Ownership } from './ownership.ts';
import type { Replica } from './replica.ts';
import { withShortLocks, type ShortLockOptions } from './short-locks.ts';
import type { SideDatabase } from './side-database.ts';
import { sql } from './sql.ts';

const statement = ({ schema }: Replica, seen: Ownership, next: Ownership): string =>
  sql('set-ownership', {
    schema,
    epoch: String(next.epoch),
    attempt: String(next.attempt),
    owner: next.owner,
    state: next.state,
    target: next.target ?? '',
    seenEpoch: String(seen.epoch),
    seenAttempt: String(seen.attempt),
    seenOwner: seen.owner,
    seenState: seen.state,
    seenTarget: seen.target ?? '',
  });

/** @returns false where somebody else has changed the row since it was seen. */
export async function setOwnership(
  replica: Replica,
  { query }: SideDatabase,
  seen: Ownership,
  next: Ownership,
): Promise<boolean> {
  return (await query(statement(replica, seen, next))).length === 1;
}

/**
 * The same behind the fence's own lock: everything that has passed the fence is committed before.
 * @returns as {@link setOwnership}.
 * @throws {SetupError} where a transaction that has passed does not end within the deadline.
 */
export async function setOwnershipBehindWriters(
  replica: Replica,
  side: SideDatabase,
  seen: Ownership,
  next: Ownership,
  options: ShortLockOptions,
): Promise<boolean> {
  const statements = [sql('lock-fence', { schema: replica.schema }), statement(replica, seen, next)];
  const { rows } = await withShortLocks(side, `the tables of ${replica.schema}`, statements, options);
  return rows.length === 1;
}
