// Installs on each side what replication needs beside the tables: identity, ownership, heartbeats, the fences.
import { failpoint } from '#platform/failpoints.ts';
import { SetupError } from '#platform/setup-error.ts';
import { fenceFunctions, putUpFences } from './fence.ts';
import { readIdentity, readOwnership } from './ownership.ts';
import type { Replica, Side } from './replica.ts';
import type { SideDatabase } from './side-database.ts';
import { sql } from './sql.ts';

/**
 * What is made here is made for a monolith that owns; to take part in anything else is not this code's business.
 * @throws {SetupError} where the service owns, or a database is not the one that it was installed as.
 */
export async function refuseForeignState(
  replica: Replica,
  sides: Readonly<Record<Side, SideDatabase>>,
): Promise<void> {
  for (const side of [sides.monolith, sides.service]) await refuseCopies(side);
  const owners = await Promise.all([
    readOwnership(replica, sides.monolith),
    readOwnership(replica, sides.service),
  ]);
  const newest = owners.reduce((one, other) => ((other?.epoch ?? 0) > (one?.epoch ?? 0) ? other : one));
  if (newest?.state === 'DRAINING')
    throw new SetupError(
      `${replica.capability} is just being handed over (epoch ${newest.epoch}, attempt ${newest.attempt}): ` +
        `npm run switch -- writes ${replica.capability} ${newest.owner} takes that back`,
    );
  if (newest === undefined || newest.owner === 'monolith') return;
  throw new SetupError(
    `the service owns ${replica.capability} (epoch ${newest.epoch}): npm run switch -- writes ${replica.capability} monolith first`,
  );
}

async function refuseCopies(database: SideDatabase): Promise<void> {
  const identity = await readIdentity(database);
  if (identity === undefined) return;
  const { side } = database;
  if (identity.side !== side)
    throw new SetupError(
      `the database ${database.database} is the ${identity.side}'s, and cannot be the ${side}'s as well`,
    );
  if (identity.systemIdentifier === database.systemIdentifier && identity.database === database.database)
    return;
  throw new SetupError(
    `the ${side}'s database ${database.database} is a copy of ${identity.database} of another cluster or name: ` +
      'to begin with it afresh, DROP SCHEMA strangler CASCADE there',
  );
}

/** What both sides have, also where an earlier version has installed less. */
const installSide = (replica: Replica, side: Side): readonly string[] => [
  sql('install', { schema: replica.schema }),
  sql('add-positions', { schema: replica.schema }),
  sql('introduce', { side }),
  sql('create-self'),
  sql('create-has-installed'),
  sql('create-position'),
  sql('create-has-reached'),
  ...fenceFunctions(replica),
];

/** In one transaction. */
const runAll = ({ query }: SideDatabase, statements: readonly string[]) => query(statements.join(';\n'));

export async function installAtMonolith(replica: Replica, monolith: SideDatabase): Promise<void> {
  const { schema } = replica;
  await runAll(monolith, [...installSide(replica, 'monolith'), sql('install-monolith', { schema })]);
  await failpoint('replicate.monolith-owns');
  // Customers go on to write: a fence without an owner would refuse them.
  await putUpFences(replica, monolith);
}

/** @param fresh nothing has been copied yet: rows that an earlier replication left are not to be met. */
export async function installAtService(
  replica: Replica,
  service: SideDatabase,
  fresh: boolean,
): Promise<void> {
  const { schema } = replica;
  await runAll(service, [
    ...(fresh ? [sql('drop-own-tables', { schema })] : []),
    ...installSide(replica, 'service'),
    ...(fresh ? [sql('renew-incarnation')] : []),
  ]);
  await putUpFences(replica, service);
}

export interface RecordedReplica {
  readonly systemIdentifier: string;
  readonly database: string;
  readonly subscription: number;
}

/** Which subscription the monolith's rows are copied to, as the monolith remembers it. */
export async function recordedReplica(
  { capability }: Replica,
  { query }: SideDatabase,
): Promise<RecordedReplica | undefined> {
  const [found] = await query<{ known: boolean }>(
    `SELECT to_regclass('strangler.replica') IS NOT NULL AS known`,
  );
  if (found?.known !== true) return undefined;
  const [row] = await query<RecordedReplica & Record<string, unknown>>(
    sql('recorded-replica', { capability }),
  );
  return row;
}

export async function recordReplica(
  { capability }: Replica,
  { query }: SideDatabase,
  { systemIdentifier, database }: SideDatabase,
  subscription: number,
): Promise<void> {
  await query(
    sql('record-replica', { capability, systemIdentifier, database, subscription: String(subscription) }),
  );
}

/** The slots that copying makes at the monolith, one for each table that is under way. */
export const copySlots = ({ subscription, systemIdentifier }: RecordedReplica): string =>
  `^pg_${subscription}_sync_[0-9]+_${systemIdentifier}$`;
