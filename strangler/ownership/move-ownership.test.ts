import { abortMove, planMove, type MoveStep } from './move-ownership.ts';
import { replicate } from './replicate.ts';
import type { Side } from './replica.ts';
import { BUSY, moveWithRoom } from './testing-room.ts';
import { createWriters, type Writers } from './testing-writers.ts';
import { startTraffic } from './testing-traffic.ts';
import { asReplication, caughtUp, createPair, fill, rowsOf, until, type Pair } from './testing.ts';

let pair: Pair;
let writers: Writers;

beforeAll(async () => {
  pair = await createPair();
});
beforeEach(async () => {
  await fill(pair, 200);
  writers = await createWriters(pair);
  await replicate(pair);
});
afterEach(async () => {
  await writers.drop();
  await pair.renew();
});
afterAll(() => pair.drop());

const rowAt = async (side: Side) =>
  (await pair.sql(side, 'SELECT epoch::int, attempt::int, owner, state, target FROM catalog.ownership'))[0];
const active = (owner: Side, epoch: number, attempt: number) => ({
  ...{ epoch, attempt, owner, state: 'ACTIVE', target: null },
});

test('ownership moves there and back under writers, and nothing that was acknowledged is lost or doubled', async () => {
  const traffic = await startTraffic(writers, 3);
  const steps: MoveStep[] = [];
  const audit = (step: MoveStep) => void steps.push(step);
  for (let round = 0; round < 3; round += 1) {
    for (const target of ['service', 'monolith'] as const) {
      const before = traffic.acknowledged().length;
      const moved = await moveWithRoom(pair, target, { audit });
      expect(moved).toMatchObject({ owner: target, moved: true });
      await until(async () => traffic.acknowledged().length > before + 5);
    }
  }
  await traffic.stop();
  expect(await rowAt('monolith')).toEqual(active('monolith', 7, 6));
  expect(steps.slice(0, 5)).toEqual(['preflight', 'drain', 'confirm', 'grant', 'activate']);
  await caughtUp(pair);
  const rows = await rowsOf(pair, 'monolith');
  expect(await rowsOf(pair, 'service')).toEqual(rows);
  const numbers = await pair.sql<{ number: number }>(
    'monolith',
    'SELECT number FROM catalog.notes WHERE number >= 1000 ORDER BY 1',
  );
  expect(numbers.map(({ number }) => number)).toEqual(
    traffic.acknowledged().toSorted((one, other) => one - other),
  );
  expect(traffic.refused()).toBeGreaterThan(0);
  expect(traffic.failures()).toEqual([]);
});

test('to move where it is already changes nothing', async () => {
  expect(await moveWithRoom(pair, 'monolith')).toMatchObject({ moved: false, epoch: 1 });
  await moveWithRoom(pair, 'service');
  expect(await moveWithRoom(pair, 'service')).toMatchObject({ moved: false, epoch: 2, owner: 'service' });
  expect(await rowAt('service')).toEqual(active('service', 2, 1));
});

test('two at once towards the same side do no harm, and neither do two towards both', async () => {
  const same = await Promise.all([moveWithRoom(pair, 'service'), moveWithRoom(pair, 'service')]);
  expect(same.map(({ moved }) => moved).toSorted()).toEqual([false, true]);
  await Promise.all([moveWithRoom(pair, 'monolith'), moveWithRoom(pair, 'service')]);
  const [monolith, service] = [await rowAt('monolith'), await rowAt('service')];
  expect(monolith).toEqual(service);
  expect(service).toMatchObject({ state: 'ACTIVE', target: null });
});

test('a plan changes nothing, and says of each check what was measured and what is allowed', async () => {
  const checks = await planMove(pair, 'service', BUSY);
  expect(checks.map(({ check, holds }) => [check, holds])).toEqual([
    ['tables out of the stream', true],
    ['oldest transaction of the monolith', true],
    ['prepared transactions of the monolith', true],
    ['oldest transaction of the service', true],
    ['prepared transactions of the service', true],
    ['foreign keys across the edge', true],
    ['tables without a key', true],
    ['heartbeat to the monolith', true],
    ['heartbeat to the service', true],
    ['rows that differ', true],
    ['changes of the streams meanwhile', true],
  ]);
  expect(checks.find(({ check }) => check === 'heartbeat to the service')).toMatchObject({
    measured: expect.stringMatching(/^\d+ ms$/) as string,
    bound: '≤ 60000 ms',
  });
  expect(await rowAt('monolith')).toEqual(active('monolith', 1, 0));
});

const more = 'CREATE TABLE catalog.more (id uuid PRIMARY KEY)';
test.each([
  [
    'a row that differs',
    () => asReplication(pair, 'service', `DELETE FROM catalog.notes WHERE number = 3`),
    /^catalog cannot move: rows that differ: 1 \(notes .*\), bound 0$/,
  ],
  [
    'a table that was forgotten',
    async () => {
      await pair.sql('monolith', more);
      await pair.sql('service', more);
    },
    /tables out of the stream: \d+ \(monolith → service: more is not subscribed, and \d+ more\), bound 0/,
  ],
  [
    'a fence that was taken down',
    () => pair.sql('service', 'ALTER TABLE catalog.notes DISABLE TRIGGER strangler_fence'),
    /tables out of the stream: 1 \(monolith → service: notes is not fenced at the service\), bound 0/,
  ],
  [
    'a partitioned table without its own fence',
    () => pair.sql('monolith', 'ALTER TABLE catalog.stock_by_region DISABLE TRIGGER strangler_fence'),
    /tables out of the stream: 1 \(service → monolith: stock_by_region is not fenced at the monolith\), bound 0/,
  ],
  [
    'a foreign key across the edge',
    () => pair.sql('service', 'CREATE TABLE outside (slug text REFERENCES catalog.categories)'),
    /foreign keys across the edge: 1 \(a foreign key of the service crosses/,
  ],
] as const)('%s keeps the right where it is, and is told', async (_what, spoil, message) => {
  await spoil();
  await expect(moveWithRoom(pair, 'service')).rejects.toThrow(message);
  expect(await rowAt('monolith')).toEqual(active('monolith', 1, 0));
});

test('a transaction that has been open for long keeps the right where it is', async () => {
  const client = await writers.connect('monolith');
  await client.query('BEGIN; DELETE FROM catalog.never_filled');
  await new Promise((resolve) => setTimeout(resolve, 30));
  await expect(
    moveWithRoom(pair, 'service', { bounds: { heartbeatMs: 5_000, transactionMs: 20 } }),
  ).rejects.toThrow(/oldest transaction of the monolith: \d+ ms, bound ≤ 20 ms/);
  await expect(moveWithRoom(pair, 'service', { drainDeadlineMs: 300 })).rejects.toThrow(
    /does not let go of the tables of catalog/,
  );
  expect(await rowAt('monolith')).toEqual(active('monolith', 1, 0));
});

test('a target that does not take the stream is given up within the deadline, and the source writes again', async () => {
  const [{ name } = { name: '' }] = await pair.sql<{ name: string }>(
    'service',
    `SELECT subname AS name FROM pg_subscription WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  );
  const steps: string[] = [];
  const audit = async (step: MoveStep) => {
    steps.push(step);
    if (step === 'preflight') await pair.sql('service', `ALTER SUBSCRIPTION ${name} DISABLE`);
  };
  await expect(moveWithRoom(pair, 'service', { audit, holdDeadlineMs: 300 })).rejects.toThrow(
    /^the service has not applied within 300 ms .*: it was aborted, run it again$/,
  );
  expect(steps).toEqual(['preflight', 'drain', 'abort']);
  expect(await rowAt('monolith')).toEqual(active('monolith', 1, 1));
  await pair.sql('monolith', 'DELETE FROM catalog.never_filled');
  await pair.sql('service', `ALTER SUBSCRIPTION ${name} ENABLE`);
  expect(await moveWithRoom(pair, 'service')).toMatchObject({ moved: true, attempt: 2 });
});

test('a drain is aborted from beside while its move hangs, and the move then grants nothing', async () => {
  let aborted: boolean | undefined;
  const audit = async (step: MoveStep) => {
    if (step === 'confirm') aborted = await abortMove(pair, 'monolith');
  };
  await expect(moveWithRoom(pair, 'service', { audit })).rejects.toThrow(/^somebody else has just changed/);
  expect(aborted).toBe(true);
  expect(await rowAt('monolith')).toEqual(active('monolith', 1, 1));
  expect(await abortMove(pair, 'monolith')).toBe(false);
});

test.each([
  [
    'a fence is taken down',
    `ALTER TABLE catalog.notes DISABLE TRIGGER strangler_apply_fence`,
    /^monolith → service: notes is not fenced at the service: it was aborted/,
  ],
  [
    'a table begins to be copied again',
    `UPDATE pg_subscription_rel SET srsubstate = 'f', srsublsn = NULL WHERE srrelid = 'catalog.notes'::regclass`,
    /^monolith → service: notes is not ready \(f\): it was aborted/,
  ],
] as const)('where %s after the preflight, the drain is aborted', async (_what, spoil, message) => {
  const steps: MoveStep[] = [];
  const audit = async (step: MoveStep) => {
    steps.push(step);
    if (step === 'drain') await pair.sql('service', spoil);
  };
  await expect(moveWithRoom(pair, 'service', { audit })).rejects.toThrow(message);
  expect(steps).toEqual(['preflight', 'drain', 'abort']);
  expect(await rowAt('monolith')).toEqual(active('monolith', 1, 1));
});
