import { NotReady } from '../../move-ownership.ts';
import { moveWithRoom } from '../../testing-room.ts';
import { SCENARIOS } from '../scenarios.ts';
import { createAttacker, type Attacker } from './attacker.ts';
import { eventually } from './eventually.ts';
import { openLane, type Lane } from './lane.ts';
import { observe } from './observe.ts';

let lane: Lane;
let attacker: Attacker;
beforeAll(async () => {
  lane = await openLane();
});
beforeEach(async () => {
  await lane.reset(SCENARIOS['there and back, with two coordinators']);
  attacker = createAttacker(lane, (text) => text);
});
afterAll(() => lane.close());

const APPLY_WORKER = `SELECT pid FROM pg_stat_subscription WHERE worker_type = 'apply' AND pid IS NOT NULL`;
const workerOf = async () => (await lane.sql<{ pid: number }>('service', APPLY_WORKER))[0]?.pid;

/** One write that the service has applied and not flushed, by a worker that is gone. */
async function writeAndRestartWorker(): Promise<void> {
  expect(await attacker.write('monolith')).toBe('accepted');
  await attacker.apply('service', 1);
  await restartWorker();
}

/** Until the new one has confirmed all that has come. */
async function restartWorker(): Promise<void> {
  const end = lane.held.monolith.ends().at(-1);
  const pid = await workerOf();
  await lane.sql('service', 'SELECT pg_terminate_backend($1)', [pid]);
  await eventually('another worker says how far it is', async () => {
    lane.held.monolith.ask();
    const [slot] = await lane.sql<{ at: string }>(
      'monolith',
      `SELECT (confirmed_flush_lsn - '0/0')::text AS at FROM pg_replication_slots`,
    );
    return (await workerOf()) !== pid && BigInt(slot?.at ?? 0) >= (end ?? 0n);
  });
}

const held = async () => (await observe(lane, 'service')).writes;

test('PostgreSQL does not send again what a worker applied, its successor confirmed, and a crash took away', async () => {
  await writeAndRestartWorker();
  expect(await held()).toEqual([1]);
  await lane.crash('service');
  expect(await attacker.write('monolith')).toBe('accepted');
  await attacker.apply('service', 2);
  await eventually('what came after it is there', async () => (await held()).includes(2));
  expect(await held()).toEqual([2]);
});

test('who finds a drain compares all rows before the right is granted, and not by what somebody else has seen', async () => {
  await writeAndRestartWorker();
  await attacker.drain('monolith');
  await lane.crash('service');
  for (const server of Object.values(lane.held)) server.open();
  const error: unknown = await moveWithRoom(lane.replica, 'service').catch((reason: unknown) => reason);
  expect(await attacker.verdict()).toBeUndefined();
  expect(error).toBeInstanceOf(NotReady);
  expect((error as Error).message).toMatch(/rows that differ: 1 \(notes/);
  expect(await attacker.rowAt('monolith')).toMatchObject({ owner: 'monolith', state: 'ACTIVE' });
});

test('a move that has ended is on the disk of the new owner', async () => {
  for (const server of Object.values(lane.held)) server.open();
  expect(await moveWithRoom(lane.replica, 'service')).toMatchObject({ moved: true });
  await restartWorker();
  await lane.crash('service');
  expect(await attacker.rowAt('service')).toMatchObject({ owner: 'service', state: 'ACTIVE', epoch: 2 });
  expect(await attacker.write('service')).toBe('accepted');
  expect(await attacker.verdict()).toBeUndefined();
});
