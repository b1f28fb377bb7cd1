// Ends a capability's replication and removes all that it had made, whatever state it is in, and whoever is down.
import { escapeIdentifier } from 'pg';
import { failpoint } from '#platform/failpoints.ts';
import { SetupError } from '#platform/setup-error.ts';
import { fenceMarks, takeDownFences } from './fence.ts';
import { copySlots, recordedReplica } from './install.ts';
import { withLock } from './lock.ts';
import { readOwnership } from './ownership.ts';
import {
  databaseOf,
  FORWARD,
  publicationName,
  REVERSE,
  streamName,
  type Direction,
  type Replica,
  type Side,
} from './replica.ts';
import { DatabaseGone, openOrGone, refuseSameDatabase, type SideDatabase } from './side-database.ts';
import { sql } from './sql.ts';
import { dropSlots, dropSubscription } from './subscriptions.ts';
import { describeTables } from './tables.ts';

export interface StopOptions {
  /** Also empties the capability's tables at the service, so that it can be replicated again. */
  readonly emptyService?: boolean;
}

export interface Stopped {
  readonly capability: string;
  readonly removed: readonly string[];
  /** What is left on a side that does not answer, and the SQL that removes it there. */
  readonly left: readonly { readonly side: Side; readonly reason: string; readonly sql: string }[];
}

const RECEIVES: Readonly<Record<Side, Direction>> = { monolith: REVERSE, service: FORWARD };

/** @throws {SetupError} where the service owns or is about to, or no side answers. */
export async function stop(replica: Replica, { emptyService = false }: StopOptions = {}): Promise<Stopped> {
  const found = await Promise.all([openOrGone(replica, 'monolith'), openOrGone(replica, 'service')]);
  const open = found.filter((side): side is SideDatabase => !(side instanceof DatabaseGone));
  const gone = found.filter((side): side is DatabaseGone => side instanceof DatabaseGone);
  try {
    if (open.length === 0) throw new SetupError(gone.map(({ message }) => message).join('\n'));
    if (open.length === 2) refuseSameDatabase(open);
    const removed = await withLock(open, () => removeAll(replica, open, emptyService));
    const left = found.flatMap((side, index) =>
      side instanceof DatabaseGone ? [leftOn(replica, index === 0 ? 'monolith' : 'service', side)] : [],
    );
    return { capability: replica.capability, removed, left };
  } finally {
    await Promise.all(open.map(({ close }) => close()));
  }
}

async function removeAll(
  replica: Replica,
  sides: readonly SideDatabase[],
  emptyService: boolean,
): Promise<string[]> {
  for (const side of sides) await refuseWhereServiceMayOwn(replica, side);
  const monolith = sides.find(({ side }) => side === 'monolith');
  const copying = monolith && (await recordedReplica(replica, monolith));
  const removed: string[] = [];
  const note = (what: string, side: SideDatabase) => void removed.push(`${what} at the ${side.side}`);

  const endCopies = async () => {
    if (monolith === undefined || copying === undefined) return;
    for (const slot of await dropSlots(monolith, copySlots(copying))) note(`slot ${slot}`, monolith);
  };
  // Receivers first: one that lost its slot would only log errors.
  for (const side of sides) {
    const direction = RECEIVES[side.side];
    const endItsCopies = side.side === 'service' ? endCopies : async () => undefined;
    if (await dropSubscription(replica, side, direction, endItsCopies))
      note(`subscription ${streamName(replica, direction)}`, side);
    await failpoint('stop.subscription-dropped');
  }
  for (const side of sides) {
    const direction = side.side === 'monolith' ? FORWARD : REVERSE;
    const patterns = [`^${streamName(replica, direction)}$`];
    if (side.side === 'monolith' && copying !== undefined) patterns.push(copySlots(copying));
    for (const slot of await dropSlots(side, patterns.join('|'))) note(`slot ${slot}`, side);
    await failpoint('stop.slots-dropped');
  }
  for (const side of sides) {
    for (const what of await uninstall(replica, side)) note(what, side);
    await failpoint('stop.uninstalled');
  }
  const service = sides.find(({ side }) => side === 'service');
  if (emptyService && service !== undefined) await emptyTables(replica, service, note);
  return removed;
}

async function refuseWhereServiceMayOwn(replica: Replica, side: SideDatabase): Promise<void> {
  const ownership = await readOwnership(replica, side);
  if (ownership === undefined) return;
  const { capability } = replica;
  const { owner, epoch, attempt, state } = ownership;
  const back = `npm run switch -- writes ${capability} monolith first`;
  if (owner === 'service')
    throw new SetupError(
      `the service owns ${capability} (epoch ${epoch}, as the ${side.side} has it): ${back}`,
    );
  // It may be granted already, where only the other side's database would know.
  if (state === 'DRAINING')
    throw new SetupError(
      `${capability} is just being handed over (epoch ${epoch}, attempt ${attempt}, as the ${side.side} has it): ${back}`,
    );
}

/** @returns what was there. */
async function uninstall(replica: Replica, side: SideDatabase): Promise<readonly string[]> {
  const { query } = side;
  const { schema, capability } = replica;
  const marks = { ...fenceMarks(replica), schema, capability, publication: publicationName(replica) };
  const found = await query<{ what: string }>(sql('list-installed', marks));
  if (found.length === 0) return [];
  await takeDownFences(replica, side);
  await failpoint('stop.fences-down');
  await query(sql('uninstall', marks));
  return found.map(({ what }) => what);
}

async function emptyTables(
  replica: Replica,
  service: SideDatabase,
  note: (what: string, side: SideDatabase) => void,
): Promise<void> {
  const tables = (await describeTables(replica, service)).filter(({ installed }) => !installed);
  if (tables.length === 0) return;
  const names = tables.map(({ table }) => `${escapeIdentifier(replica.schema)}.${escapeIdentifier(table)}`);
  await service.query(`TRUNCATE ${names.join(', ')}`);
  note(`rows of ${tables.length} tables`, service);
}

function leftOn(replica: Replica, side: Side, gone: DatabaseGone): Stopped['left'][number] {
  const marks = {
    schema: replica.schema,
    capability: replica.capability,
    publication: publicationName(replica),
    subscription: streamName(replica, RECEIVES[side]),
    slot: streamName(replica, side === 'monolith' ? FORWARD : REVERSE),
  };
  return {
    side,
    reason: gone.message,
    sql: [
      `-- in ${databaseOf(replica.urls[side])}\n`,
      side === 'monolith' ? sql('remove-copy-slots-by-hand', marks) : '',
      sql('remove-by-hand', marks),
    ].join(''),
  };
}
