// Publications, slots and subscriptions of one capability: read, made where they are missing, and removed.
import { setTimeout as sleep } from 'node:timers/promises';
import { escapeIdentifier } from 'pg';
import { SetupError } from '#platform/setup-error.ts';
import { publicationName, streamName, type Direction, type Replica } from './replica.ts';
import { sqlState, type SideDatabase } from './side-database.ts';
import { sql } from './sql.ts';

export interface Subscription {
  readonly oid: number;
  readonly enabled: boolean;
  /** Null while a stop is half-way. */
  readonly slot: string | null;
}

/** How far a table of a subscription is, in PostgreSQL's letters: i, d, f, s, r. */
export type TableState = 'waiting' | 'copying' | 'copied' | 'catching-up' | 'ready';

export interface SubscribedTable {
  readonly table: string;
  readonly state: TableState;
}

/** Seconds; a publisher that is gone for good must not hold up a command. */
const CONNECT_TIMEOUT = '5';
const SLOT_DEADLINE_MS = 30_000;

/** @param receiver the side that the direction leads to. */
export async function readSubscription(
  replica: Replica,
  receiver: SideDatabase,
  direction: Direction,
): Promise<Subscription | undefined> {
  const name = streamName(replica, direction);
  const [row] = await receiver.query<Subscription & Record<string, unknown>>(
    sql('read-subscription', { name }),
  );
  return row;
}

export async function subscribedTables(
  replica: Replica,
  receiver: SideDatabase,
  direction: Direction,
): Promise<readonly SubscribedTable[]> {
  return receiver.query<SubscribedTable & Record<string, unknown>>(
    sql('subscribed-tables', { name: streamName(replica, direction) }),
  );
}

/**
 * All tables of the schema, those of later days included, where the login may say so; else those that stand.
 * @param tables the capability's own and those that replication added.
 */
export async function ensurePublication(
  replica: Replica,
  sender: SideDatabase,
  tables: readonly string[],
): Promise<void> {
  const name = publicationName(replica);
  const found = await sender.query<{ table: string }>(sql('published-tables', { name }));
  const [publication] = await sender.query(sql('find-publication', { name }));
  const published = new Set(found.map(({ table }) => table));
  if (publication !== undefined && tables.every((table) => published.has(table))) return;

  const verb = publication === undefined ? 'CREATE PUBLICATION' : 'ALTER PUBLICATION';
  const schema = escapeIdentifier(replica.schema);
  const what = sender.superuser
    ? `TABLES IN SCHEMA ${schema}`
    : `TABLE ${tables.map((table) => `${schema}.${escapeIdentifier(table)}`).join(', ')}`;
  await sender.query(
    `${verb} ${escapeIdentifier(name)} ${publication === undefined ? 'FOR' : 'SET'} ${what}`,
  );
}

export async function slotExists({ query }: SideDatabase, name: string): Promise<boolean> {
  const rows = await query('SELECT FROM pg_replication_slots WHERE slot_name = $1', [name]);
  return rows.length > 0;
}

/** @throws {SetupError} where a transaction does not end that the slot has to wait for. */
export async function createSlot(sender: SideDatabase, name: string): Promise<void> {
  try {
    await sender.query(`SELECT FROM pg_create_logical_replication_slot($1, 'pgoutput')`, [name]);
  } catch (error) {
    if (sqlState(error) === '42710') return;
    if (sqlState(error) !== '57014') throw error;
    throw new SetupError(
      `the ${sender.side}'s PostgreSQL has a transaction that does not end, and no slot can be made before it does: ` +
        'pg_stat_activity shows it by xact_start',
      { cause: error },
    );
  }
}

/** Whoever reads from it is sent away first: a sender may not have noticed yet that its receiver is gone. */
export async function dropSlots({ query }: SideDatabase, pattern: string): Promise<readonly string[]> {
  const deadline = Date.now() + SLOT_DEADLINE_MS;
  const dropped: string[] = [];
  for (;;) {
    const slots = await query<{ name: string }>(sql('release-slots', { pattern }));
    if (slots.length === 0) return dropped;
    for (const { name } of slots) {
      try {
        await query('SELECT pg_drop_replication_slot($1)', [name]);
        dropped.push(name);
      } catch (error) {
        // In use still, or gone already.
        if (!['55006', '42704'].includes(sqlState(error) ?? '')) throw error;
      }
    }
    if (Date.now() > deadline)
      throw new SetupError(`a slot stays in use: ${slots.map(({ name }) => name).join(', ')}`);
    await sleep(50);
  }
}

/** Not enabled yet, so that it can be written down before its workers make slots of their own. */
export async function createSubscription(
  replica: Replica,
  receiver: SideDatabase,
  direction: Direction,
): Promise<void> {
  const name = streamName(replica, direction);
  const marks = {
    name,
    slot: name,
    publication: publicationName(replica),
    connection: connectionFor(replica, direction),
    copy: String(direction.copies),
  };
  await receiver.query(sql('create-subscription', marks));
}

export async function enableSubscription(
  replica: Replica,
  receiver: SideDatabase,
  direction: Direction,
): Promise<void> {
  await receiver.query(`ALTER SUBSCRIPTION ${escapeIdentifier(streamName(replica, direction))} ENABLE`);
}

/** Where the sender has moved since: another port, another password. */
export async function updateConnection(
  replica: Replica,
  receiver: SideDatabase,
  direction: Direction,
): Promise<void> {
  const marks = { name: streamName(replica, direction), connection: connectionFor(replica, direction) };
  if (receiver.superuser && (await receiver.query(sql('is-connected-to', marks))).length > 0) return;
  await receiver.query(sql('update-connection', marks));
}

/** Makes tables that came later part of it. */
export async function refreshSubscription(
  replica: Replica,
  receiver: SideDatabase,
  direction: Direction,
): Promise<void> {
  const name = escapeIdentifier(streamName(replica, direction));
  await receiver.query(
    `ALTER SUBSCRIPTION ${name} REFRESH PUBLICATION WITH (copy_data = ${direction.copies})`,
  );
}

/** From now on no worker begins. @returns undefined where there is none. */
export async function disableSubscription(
  replica: Replica,
  receiver: SideDatabase,
  direction: Direction,
): Promise<Subscription | undefined> {
  const subscription = await readSubscription(replica, receiver, direction);
  const name = escapeIdentifier(streamName(replica, direction));
  if (subscription?.enabled === true) await receiver.query(`ALTER SUBSCRIPTION ${name} DISABLE`);
  return subscription;
}

/** Until none is left of a subscription that is disabled. @param endCopies ends what they still do at the sender. */
export async function endWorkers(
  replica: Replica,
  receiver: SideDatabase,
  direction: Direction,
  endCopies: () => Promise<void> = async () => undefined,
): Promise<void> {
  const name = streamName(replica, direction);
  const deadline = Date.now() + SLOT_DEADLINE_MS;
  for (;;) {
    await endCopies();
    // One that waits for a lock, or for a sender that does not answer, would not notice that it is not wanted any more.
    const workers = await receiver.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_subscription WHERE subname = $1 AND pid IS NOT NULL',
      [name],
    );
    if (workers.length === 0) return;
    if (Date.now() > deadline)
      throw new SetupError(`workers of the subscription ${name} do not end: the same command goes on`);
    await sleep(50);
  }
}

/** @param endCopies ends what workers of a disabled subscription still do at the sender, until none is left. */
export async function dropSubscription(
  replica: Replica,
  receiver: SideDatabase,
  direction: Direction,
  endCopies: () => Promise<void>,
): Promise<boolean> {
  const subscription = await disableSubscription(replica, receiver, direction);
  if (subscription === undefined) return false;
  const name = escapeIdentifier(streamName(replica, direction));
  // Without its slot, since the sender may be gone: that is dropped by itself.
  if (subscription.slot !== null) await receiver.query(`ALTER SUBSCRIPTION ${name} SET (slot_name = NONE)`);
  // A worker that is making its slot waits for every transaction of the sender's cluster to end. If that is the
  // receiver's cluster too, then also for the one that drops the subscription, which waits for the slot: for ever.
  await endWorkers(replica, receiver, direction, endCopies);
  await receiver.query(`DROP SUBSCRIPTION IF EXISTS ${name}`);
  return true;
}

function connectionFor(replica: Replica, direction: Direction): string {
  const url = new URL(replica.urls[direction.from]);
  url.searchParams.set('connect_timeout', CONNECT_TIMEOUT);
  return url.href;
}
