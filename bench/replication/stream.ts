// Replication under way: cut off and connected again, how many changes a second it carries, how late they arrive.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { DIRECTIONS, streamName, type Direction } from '../../strangler/ownership/replica.ts';
import { quantile } from '../arithmetic.ts';
import type { Ground } from './ground.ts';

/** Nothing is sent or applied any more; both logs keep what will be. */
export async function cutOff(ground: Ground): Promise<void> {
  for (const direction of DIRECTIONS) await setStream(ground, direction, false);
}

/** Sent and applied again, and what had piled up is done. */
export async function connect(ground: Ground): Promise<void> {
  for (const direction of DIRECTIONS) await setStream(ground, direction, true);
  await catchUp(ground);
}

/** Of one direction: both of its processes run, or are gone. */
export async function setStream(ground: Ground, direction: Direction, active: boolean): Promise<void> {
  const name = streamName(ground, direction);
  const processes = async () => [
    await pidOf(ground.pools[direction.from], SENDER, name),
    await pidOf(ground.pools[direction.to], WORKER, name),
  ];
  const before = (await processes()).filter((pid) => pid !== undefined);
  await ground.pools[direction.to].query(`ALTER SUBSCRIPTION ${name} ${active ? 'ENABLE' : 'DISABLE'}`);
  await waitFor(async () =>
    active
      ? (await processes()).every((pid) => pid !== undefined)
      : (await ground.pools[direction.from].query(RUNNING, [before])).rowCount === 0,
  );
}

const SENDER = 'SELECT active_pid AS pid FROM pg_replication_slots WHERE slot_name = $1';
const WORKER = `SELECT pid FROM pg_stat_subscription WHERE subname = $1 AND worker_type = 'apply'`;
/** Both databases are on one server. A process that ends may have given up its slot before it is gone. */
const RUNNING = 'SELECT FROM pg_stat_activity WHERE pid = ANY ($1)';

async function pidOf(pool: Pool, query: string, name: string): Promise<number | undefined> {
  const { rows } = await pool.query<{ pid: number | null }>(query, [name]);
  return rows[0]?.pid ?? undefined;
}

/** Waits until all that is written by now has arrived at the service. */
export async function catchUp(ground: Ground): Promise<void> {
  await arrived(ground, await beatAtMonolith(ground));
}

/** Lets one-row transactions pile up, and has them applied. @returns transactions a second. */
export async function drainBacklog(ground: Ground, transactions: number): Promise<number> {
  await cutOff(ground);
  await ground.pools.monolith.query(BACKLOG.replace('TRANSACTIONS', String(transactions)));
  const begin = performance.now();
  await connect(ground);
  return transactions / ((performance.now() - begin) / 1_000);
}

const BACKLOG = `
  DO $$ DECLARE
    ids uuid[] := ARRAY(SELECT id FROM catalog.products ORDER BY id);
  BEGIN
    FOR i IN 0..TRANSACTIONS - 1 LOOP
      UPDATE catalog.products SET version = version + 1 WHERE id = ids[1 + i % cardinality(ids)];
      COMMIT;
    END LOOP;
  END $$`;

/** While others write: the time from a commit's answer until the service shows it, again and again. @returns milliseconds. */
export async function measureLag(
  ground: Ground,
  until: Promise<unknown>,
): Promise<{ p50: number; p99: number; samples: number }> {
  const lags: number[] = [];
  let running = true;
  void until.finally(() => (running = false));
  while (running) {
    const beat = await beatAtMonolith(ground);
    const begin = performance.now();
    await arrived(ground, beat);
    lags.push(performance.now() - begin);
    await sleep(5);
  }
  return { p50: quantile(lags, 0.5), p99: quantile(lags, 0.99), samples: lags.length };
}

async function beatAtMonolith({ pools }: Ground): Promise<number> {
  const { rows } = await pools.monolith.query<{ beat: number }>(
    `UPDATE catalog.heartbeat SET beat = beat + 1 WHERE side = 'monolith' RETURNING beat::float8`,
  );
  return rows[0]?.beat ?? 0;
}

const DEADLINE_MS = 120_000;

async function arrived({ pools }: Ground, beat: number): Promise<void> {
  await waitFor(async () => {
    const { rows } = await pools.service.query<{ beat: number }>({
      name: 'beat',
      text: `SELECT beat::float8 FROM catalog.heartbeat WHERE side = 'monolith'`,
    });
    return (rows[0]?.beat ?? -1) >= beat;
  });
}

async function waitFor(isTrue: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  while (!(await isTrue())) {
    if (performance.now() > deadline) throw new Error('replication does not get on');
    await sleep(1);
  }
}
