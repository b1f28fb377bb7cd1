// Makes a lane as a scenario of the model begins: what the trace before has left, streams under way included, is gone.
import { copySlots, recordedReplica, recordReplica } from '../../install.ts';
import { FORWARD, otherSide, REVERSE, streamName, type Direction, type Side } from '../../replica.ts';
import {
  createSlot,
  createSubscription,
  disableSubscription,
  dropSlots,
  enableSubscription,
  endWorkers,
  readSubscription,
  slotExists,
} from '../../subscriptions.ts';
import { SIDES, TABLES, viewOf, type State, type Table } from '../state.ts';
import type { Lane } from './lane.ts';

/** What stands for the model's tables: the right, and the data. */
export const TABLE_NAMES: Readonly<Record<Table, string>> = { r: 'ownership', t: 'notes' };

/** The stream by which a side gets what the other one writes. */
export const receives = (side: Side): Direction => (side === 'service' ? FORWARD : REVERSE);

export async function resetLane(lane: Lane, start: State): Promise<void> {
  const { replica } = lane;
  const databases = await lane.sides('administrator');
  const { monolith, service } = databases;
  for (const side of SIDES) await disableSubscription(replica, databases[side], receives(side));
  for (const side of SIDES) await endWorkers(replica, databases[side], receives(side));
  for (const server of Object.values(lane.held)) server.forget();
  const recorded = await recordedReplica(replica, monolith);
  if (recorded !== undefined) await dropSlots(monolith, copySlots(recorded));
  for (const side of SIDES) await lane.sql(side, clear(side, viewOf(start, side).row !== undefined));
  for (const side of SIDES) {
    const direction = receives(side);
    const receiver = databases[side];
    const sender = databases[otherSide(side)];
    const name = streamName(replica, direction);
    if (!(await slotExists(sender, name))) await createSlot(sender, name);
    if ((await readSubscription(replica, receiver, direction)) === undefined) {
      await createSubscription(replica, receiver, direction);
      const oid = (await readSubscription(replica, receiver, direction))?.oid as number;
      if (side === 'service') await recordReplica(replica, monolith, service, oid);
    }
    const [at] = await lane.sql<{ at: string }>(
      otherSide(side),
      `SELECT pg_logical_emit_message(false, 'replay', '', true)::text AS at`,
    );
    const { copied } = viewOf(start, side);
    const uncopied = TABLES.filter((table) => copied[table] === undefined);
    await lane.sql(
      side,
      beginAgain(
        name,
        at?.at as string,
        uncopied.map((table) => TABLE_NAMES[table]),
      ),
    );
    await enableSubscription(replica, receiver, direction);
  }
  await Promise.all(SIDES.map((side) => lane.held[side].isRead()));
}

const clear = (side: Side, hasRow: boolean) => `
  BEGIN;
  SET LOCAL session_replication_role = replica;
  SELECT pg_replication_origin_create('replay_${side}')
  WHERE NOT EXISTS (SELECT FROM pg_replication_origin WHERE roname = 'replay_${side}');
  SELECT pg_replication_origin_session_setup('replay_${side}');
  ALTER TABLE catalog.ownership DISABLE TRIGGER ALL;
  ALTER TABLE catalog.notes DISABLE TRIGGER ALL;
  DELETE FROM catalog.notes;
  DELETE FROM catalog.ownership;
  ${hasRow ? `INSERT INTO catalog.ownership (epoch, attempt, owner, state) VALUES (1, 0, 'monolith', 'ACTIVE');` : ''}
  ALTER TABLE catalog.ownership ENABLE ALWAYS TRIGGER strangler_guard, ENABLE ALWAYS TRIGGER strangler_guard_truncate;
  ALTER TABLE catalog.notes ENABLE TRIGGER strangler_fence, ENABLE REPLICA TRIGGER strangler_apply_fence,
    ENABLE REPLICA TRIGGER strangler_apply_fence_truncate;
  COMMIT;
  SELECT pg_replication_origin_session_reset();`;

/** From here on, with these tables to be copied and the others ready. */
const beginAgain = (name: string, at: string, uncopied: readonly string[]) => `
  BEGIN;
  UPDATE pg_subscription_rel SET srsubstate = 'r', srsublsn = NULL FROM pg_subscription
  WHERE pg_subscription.oid = srsubid AND subname = '${name}';
  UPDATE pg_subscription_rel SET srsubstate = 'i', srsublsn = NULL FROM pg_subscription, pg_class
  WHERE pg_subscription.oid = srsubid AND subname = '${name}' AND pg_class.oid = srrelid
    AND relname = ANY ('{${uncopied.join(',')}}');
  SELECT pg_replication_origin_drop(roname) FROM pg_replication_origin, pg_subscription
  WHERE subname = '${name}' AND roname LIKE 'pg\\_' || pg_subscription.oid || '\\_%';
  SELECT pg_replication_origin_advance('pg_' || oid, '${at}') FROM pg_subscription WHERE subname = '${name}';
  COMMIT`;
