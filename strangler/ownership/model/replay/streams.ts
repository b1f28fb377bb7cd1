// The steps of a trace in which nobody decides anything: what is applied, copied, flushed, lost, and retired at the end.
import { beatText } from '../../heartbeats.ts';
import { copyAgain } from '../../lost-copies.ts';
import { FORWARD, otherSide, streamName, type Side } from '../../replica.ts';
import { dropSlots, dropSubscription } from '../../subscriptions.ts';
import { viewOf, type Table } from '../state.ts';
import { eventually } from './eventually.ts';
import type { Lane } from './lane.ts';
import { receives } from './reset-lane.ts';
import { ConfirmedEarly, FlushedEarlier, type Run } from './run.ts';
import type { Step } from './walks.ts';

export async function applyNext(run: Run, { after }: Step, [side]: readonly string[]): Promise<void> {
  await run.lane.held[otherSide(side as Side)].letPass(viewOf(after, side as Side).applied);
}

export async function flush(run: Run, _step: Step, [side]: readonly string[]): Promise<void> {
  await run.lane.sql(side as Side, `SELECT pg_logical_emit_message(false, 'replay', '', true)`);
}

export async function crash(run: Run, { before, after }: Step, [side]: readonly string[]): Promise<void> {
  const at = side as Side;
  const { lane } = run;
  // What the model loses must not be on disk yet.
  const lost = run.positions[at][before[at].durable];
  if (before[at].durable < before[at].log.length && lost !== undefined) {
    const [row] = await lane.sql<{ flushed: string }>(
      at,
      `SELECT (pg_current_wal_flush_lsn() - '0/0')::text AS flushed`,
    );
    if (BigInt(row?.flushed ?? 0) > lost) throw new FlushedEarlier();
  }
  const { applied } = viewOf(after, at);
  const sentAgain = lane.held[otherSide(at)].ends()[applied];
  if (sentAgain !== undefined && sentAgain <= (await confirmedBy(lane, at))) throw new ConfirmedEarly();
  lane.held[otherSide(at)].bound(applied);
  for (const table of ['r', 't'] as const) lane.held.monolith.letCopy(lane.oidOf(table), 'wait');
  await lane.crash(at);
  delete run.open[at];
}

/** Up to where the sender believes that the receiver has everything on disk. */
async function confirmedBy(lane: Lane, side: Side): Promise<bigint> {
  const [slot] = await lane.sql<{ at: string }>(
    otherSide(side),
    `SELECT (confirmed_flush_lsn - '0/0')::text AS at FROM pg_replication_slots WHERE slot_name = $1`,
    [streamName(lane.replica, receives(side))],
  );
  return BigInt(slot?.at ?? 0);
}

export async function beginCopy({ lane }: Run, _step: Step, [table]: readonly string[]): Promise<void> {
  const oid = lane.oidOf(table as Table);
  lane.held.monolith.letCopy(oid, 'begin');
  await lane.held.monolith.hasSnapshot(oid);
  // The stream has to pass the position of the copy before the table is ready, and here nobody else carries it on.
  await lane.sql('monolith', beatText(lane.replica, 'monolith'));
}

export async function endCopy({ lane }: Run, { after }: Step, [table]: readonly string[]): Promise<void> {
  lane.held.monolith.letCopy(lane.oidOf(table as Table), 'end');
  await eventually(`the copy of ${table} has ended`, async () => {
    const [row] = await lane.sql<{ state: string }>(
      'service',
      'SELECT srsubstate AS state FROM pg_subscription_rel WHERE srrelid = $1',
      [lane.oidOf(table as Table)],
    );
    return ['s', 'r'].includes(row?.state ?? '');
  });
  lane.held.monolith.bound(viewOf(after, 'service').applied);
}

export async function beginAnew({ lane }: Run): Promise<void> {
  lane.held.monolith.letCopy(lane.oidOf('t'), 'wait');
  await copyAgain(lane.replica, (await lane.sides('administrator')).service, ['notes']);
}

/** As soon as the receiver has on disk what was granted. */
export async function retire({ lane }: Run): Promise<void> {
  const { monolith, service } = await lane.sides('administrator');
  const slot = streamName(lane.replica, FORWARD);
  const [end] = await lane.sql<{ at: string }>('monolith', 'SELECT pg_current_wal_insert_lsn()::text AS at');
  await lane.sql('monolith', beatText(lane.replica, 'monolith'));
  await eventually('the receiver has flushed', async () => {
    lane.held.monolith.ask();
    const rows = await lane.sql(
      'monolith',
      'SELECT FROM pg_replication_slots WHERE slot_name = $1 AND confirmed_flush_lsn >= $2',
      [slot, end?.at],
    );
    return rows.length === 1;
  });
  await dropSubscription(lane.replica, service, FORWARD, async () => undefined);
  await dropSlots(monolith, `^${slot}$`);
}
