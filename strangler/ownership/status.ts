// How a capability's replication stands, both ways, as one plain object: what a person, a test or the switch asks first.
import { newestOf, readIdentity, readOwnership, type Identity, type Ownership } from './ownership.ts';
import {
  databaseOf,
  DIRECTIONS,
  publicationName,
  streamName,
  type Direction,
  type Replica,
  type Side,
} from './replica.ts';
import { DatabaseGone, openSide, type SideDatabase } from './side-database.ts';
import { sql } from './sql.ts';
import { readSubscription, subscribedTables, type SubscribedTable } from './subscriptions.ts';

export interface Status {
  readonly capability: string;
  /** `replicating` as soon as anything of it stands; it works if there are no problems. */
  readonly phase: 'monolith' | 'replicating';
  readonly copying: boolean;
  readonly sides: Readonly<Record<Side, SideStatus>>;
  /** Who may write, by what both sides have; null where that cannot be told. */
  readonly right: Ownership | null;
  readonly directions: readonly DirectionStatus[];
  /** One line each: what is wrong, or not as it should be. */
  readonly problems: readonly string[];
}

export interface SideStatus {
  readonly database: string;
  /** Why it does not answer; null if it does. */
  readonly unreachable: string | null;
  readonly identity: Identity | null;
  /** Who may write, as this side has it. */
  readonly ownership: Ownership | null;
}

export interface DirectionStatus {
  readonly from: Side;
  readonly to: Side;
  readonly name: string;
  /** Of the sender; null if there is none. */
  readonly publishedTables: readonly string[] | null;
  /** At the sender; null if there is none. */
  readonly slot: SlotStatus | null;
  /** At the receiver; null if there is none. */
  readonly subscription: SubscriptionStatus | null;
  /** How far the receiver is behind, by the sender's heartbeats, in their steps; null where it cannot be told. */
  readonly lagMs: number | null;
  /** Since the sender's last heartbeat, by its own clock. */
  readonly heartbeatAgeMs: number | null;
}

export interface SlotStatus {
  readonly active: boolean;
  /** `reserved`, `extended`, `unreserved` or `lost`. */
  readonly walStatus: string;
  /** Log that the receiver has not confirmed. */
  readonly lagBytes: number;
  /** Log that is kept for it on the sender's disk. */
  readonly retainedBytes: number;
  /** Log that may still come before it is given up; null without a limit. */
  readonly safeBytes: number | null;
}

export interface SubscriptionStatus {
  readonly enabled: boolean;
  /** False while a stop is half-way. */
  readonly hasSlot: boolean;
  /** Whether its worker runs; one that failed is started again and again. */
  readonly running: boolean;
  readonly tables: readonly SubscribedTable[];
  readonly applyErrors: number;
  readonly copyErrors: number;
  /** How often what came did not fit what stood there, by the kind: `update_missing` and others. */
  readonly conflicts: Readonly<Record<string, number>>;
}

interface Beat {
  readonly side: Side;
  /** Milliseconds since 1970, by the clock of the side that wrote it. */
  readonly at: number;
  readonly age: number;
}

interface Seen {
  readonly status: SideStatus;
  readonly database: SideDatabase | undefined;
  readonly beats: readonly Beat[];
}

/** Reads only, and answers also where a side is down. */
export async function readStatus(replica: Replica): Promise<Status> {
  const seen = { monolith: await look(replica, 'monolith'), service: await look(replica, 'service') };
  try {
    const directions: DirectionStatus[] = [];
    for (const direction of DIRECTIONS) directions.push(await readDirection(replica, seen, direction));
    const stands =
      directions.some(({ slot, subscription, publishedTables }) => slot ?? subscription ?? publishedTables) ||
      [seen.monolith, seen.service].some(({ status }) => status.ownership !== null);
    const sides = { monolith: seen.monolith.status, service: seen.service.status };
    const right =
      newestOf(sides.monolith.ownership ?? undefined, sides.service.ownership ?? undefined) ?? null;
    const tables = directions[0]?.subscription?.tables ?? [];
    return {
      capability: replica.capability,
      phase: stands ? 'replicating' : 'monolith',
      copying: tables.some(({ state }) => state !== 'ready'),
      sides,
      right,
      directions,
      problems: [
        ...Object.values(sides).flatMap(({ unreachable }) => unreachable ?? []),
        ...(right === null ? [] : rightProblems(replica, right, sides)),
        ...(stands ? directions.flatMap((direction) => problemsOf(direction, sides)) : []),
      ],
    };
  } finally {
    await Promise.all([seen.monolith.database?.close(), seen.service.database?.close()]);
  }
}

async function look(replica: Replica, side: Side): Promise<Seen> {
  const nothing = { database: databaseOf(replica.urls[side]), identity: null, ownership: null };
  let database: SideDatabase;
  try {
    database = await openSide(replica, side);
  } catch (error) {
    if (!(error instanceof DatabaseGone)) throw error;
    return { status: { ...nothing, unreachable: error.message }, database: undefined, beats: [] };
  }
  const ownership = (await readOwnership(replica, database)) ?? null;
  const identity = (await readIdentity(database)) ?? null;
  const installed = identity !== null && ownership !== null;
  const beats = installed
    ? await database.query<Beat & Record<string, unknown>>(sql('read-beats', { schema: replica.schema }))
    : [];
  return { status: { ...nothing, unreachable: null, identity, ownership }, database, beats };
}

async function readDirection(
  replica: Replica,
  seen: Readonly<Record<Side, Seen>>,
  direction: Direction,
): Promise<DirectionStatus> {
  const { from, to } = direction;
  const name = streamName(replica, direction);
  const [sender, receiver] = [seen[from], seen[to]];
  const published = await sender.database?.query<{ table: string }>(
    sql('published-tables', { name: publicationName(replica) }),
  );
  const [slot] =
    (await sender.database?.query<SlotStatus & Record<string, unknown>>(sql('read-slot', { name }))) ?? [];
  const [written, arrived] = [sender, receiver].map(({ beats }) => beats.find(({ side }) => side === from));
  return {
    from,
    to,
    name,
    publishedTables:
      published === undefined || published.length === 0 ? null : published.map(({ table }) => table),
    slot: slot ?? null,
    subscription: (receiver.database && (await readReceiver(replica, receiver.database, direction))) ?? null,
    lagMs: written === undefined || arrived === undefined ? null : Math.max(0, written.at - arrived.at),
    heartbeatAgeMs: written?.age ?? null,
  };
}

async function readReceiver(
  replica: Replica,
  receiver: SideDatabase,
  direction: Direction,
): Promise<SubscriptionStatus | undefined> {
  const subscription = await readSubscription(replica, receiver, direction);
  if (subscription === undefined) return undefined;
  interface Row extends Record<string, unknown> {
    readonly running: boolean;
    readonly apply_errors: number;
    readonly copy_errors: number;
    readonly conflicts: Readonly<Record<string, number>>;
  }
  const [row] = await receiver.query<Row>(sql('read-worker', { name: streamName(replica, direction) }));
  return {
    enabled: subscription.enabled && subscription.slot !== null,
    hasSlot: subscription.slot !== null,
    running: row?.running ?? false,
    tables: await subscribedTables(replica, receiver, direction),
    applyErrors: row?.apply_errors ?? 0,
    copyErrors: row?.copy_errors ?? 0,
    conflicts: row?.conflicts ?? {},
  };
}

/** While one of these holds nobody can write; within a move that goes on, for milliseconds. */
function rightProblems(
  { capability }: Replica,
  { owner, epoch, state, target }: Ownership,
  sides: Status['sides'],
): readonly string[] {
  const writes = (side: Side | null) => `npm run switch -- writes ${capability} ${side}`;
  if (state === 'DRAINING')
    return [
      `nobody can write: ${capability} is drained towards the ${target}. Unless a move is under way just now, ` +
        `${writes(target)} begins it anew, and ${writes(owner)} takes it back`,
    ];
  if ((sides[owner].ownership?.epoch ?? 0) < epoch)
    return [
      `nobody can write: epoch ${epoch} is granted to the ${owner}, which has not applied that yet: ${writes(owner)} waits for it`,
    ];
  return [];
}

function problemsOf(
  { from, to, name, slot, subscription, publishedTables, lagMs }: DirectionStatus,
  sides: Status['sides'],
): readonly string[] {
  const way = `${from} → ${to}`;
  const sees = (side: Side) => sides[side].unreachable === null;
  const problems: string[] = [];
  if (sees(from) && publishedTables === null) problems.push(`${way}: nothing is published`);
  if (sees(from) && slot === null) problems.push(`${way}: there is no slot ${name}`);
  if (slot?.walStatus === 'lost')
    problems.push(`${way}: the slot was given up, changes are lost: stop, then replicate again`);
  else if (slot?.active === false)
    problems.push(`${way}: nobody reads the slot, the ${from} keeps log for it`);
  if (sees(to) && subscription === null) problems.push(`${way}: there is no subscription`);
  if (subscription === null) return problems;
  const { enabled, running, applyErrors, copyErrors, conflicts, tables } = subscription;
  if (!enabled) problems.push(`${way}: the subscription is disabled`);
  else if (!running)
    problems.push(
      `${way}: no worker runs (${applyErrors + copyErrors} failures so far): the log of the ${to}'s PostgreSQL says why`,
    );
  for (const [kind, count] of Object.entries(conflicts)) {
    if (count > 0) problems.push(`${way}: ${count} × ${kind.replaceAll('_', ' ')}`);
  }
  const subscribed = new Set(tables.map(({ table }) => table));
  for (const table of publishedTables ?? []) {
    if (!subscribed.has(table)) problems.push(`${way}: ${table} is published and not subscribed`);
  }
  if (lagMs !== null && lagMs > 10_000) problems.push(`${way}: ${Math.round(lagMs / 1_000)} s behind`);
  return problems;
}
