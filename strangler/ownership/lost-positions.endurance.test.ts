import { startHeartbeats } from './heartbeats.ts';
import { replicate } from './replicate.ts';
import { stop } from './stop.ts';
import { askPair, type Asking } from './testing-positions.ts';
import { caughtUp, createPair, fill, until, type Pair } from './testing.ts';

let pair: Pair;
let asking: Asking;

beforeAll(async () => {
  pair = await createPair();
  asking = askPair(pair);
});
afterEach(() => pair.renew());
afterAll(() => pair.drop());

test('a copy of a database under another name has no position, and has reached none', async () => {
  await replicate(pair);
  const { text } = await asking.reachedPosition();
  await pair.sql('service', `UPDATE strangler.identity SET database = 'another'`);
  expect(await asking.positionAt('service')).toBeNull();
  expect(await asking.hasReached('service', text)).toBe(false);
});

test('a database that was restored under its own name has no position, until it is replicated to again', async () => {
  await replicate(pair);
  const { text } = await asking.reachedPosition();
  const own = await asking.positionAt('monolith');
  for (const side of ['monolith', 'service'] as const) {
    // What a dump brings back: everything but what the database is to the cluster.
    await pair.sql(side, `UPDATE strangler.identity SET database_oid = 1`);
    expect(await asking.positionAt(side)).toBeNull();
    expect(await asking.hasReached(side, text)).toBe(false);
  }
  await replicate(pair);
  expect(await asking.positionAt('monolith')).not.toBe(null);
  expect(await asking.hasReached('monolith', own)).toBe(false);
  await until(async () => {
    await asking.beat('monolith');
    return asking.hasReached('service', await asking.positionAt('service'));
  });
  expect(await asking.hasReached('service', text)).toBe(false);
});

test('a service that was emptied and replicated to again has reached nothing of what it said before', async () => {
  await fill(pair, 20);
  await replicate(pair);
  const { text } = await asking.reachedPosition();
  const own = await asking.positionAt('service');
  expect(await asking.hasReached('service', own)).toBe(true);
  await stop(pair, { emptyService: true });
  await replicate(pair);
  await asking.beat('monolith');
  await caughtUp(pair);
  expect(await asking.hasReached('service', own)).toBe(false);
  expect(await asking.hasReached('service', text)).toBe(false);
});

test('a service that was emptied by hand, and replicated to afresh, has reached nothing of before either', async () => {
  await replicate(pair);
  const own = await asking.positionAt('service');
  const [{ name } = { name: '' }] = await pair.sql<{ name: string }>(
    'service',
    `SELECT subname AS name FROM pg_subscription WHERE subname LIKE '%_to_service' AND subdbid =
       (SELECT oid FROM pg_database WHERE datname = current_database())`,
  );
  for (const step of ['DISABLE', 'SET (slot_name = NONE)'])
    await pair.sql('service', `ALTER SUBSCRIPTION ${name} ${step}`);
  await pair.sql('service', `DROP SUBSCRIPTION ${name}`);
  expect(await asking.hasReached('service', own)).toBe(true);
  await replicate(pair);
  expect(await asking.hasReached('service', own)).toBe(false);
});

test('what one capability was promised is not kept when another one of the same database is stopped', async () => {
  for (const side of ['monolith', 'service'] as const)
    await pair.sql(side, 'CREATE SCHEMA inventory; CREATE TABLE inventory.stock (id uuid PRIMARY KEY)');
  const other = { ...pair, capability: 'inventory', schema: 'inventory' };
  await replicate(pair);
  await replicate(other);
  const own = await asking.positionAt('service');
  await stop(other, { emptyService: true });
  expect(await asking.hasReached('service', own)).toBe(false);
  expect(await asking.positionAt('service')).not.toBeNull();
  await stop(pair);
  expect(await pair.traces()).toEqual([]);
});

test('what an earlier version installed, and what beats meanwhile, goes on when it is replicated again', async () => {
  await fill(pair, 20);
  await replicate(pair);
  for (const side of ['monolith', 'service'] as const)
    await pair.sql(
      side,
      `DROP FUNCTION strangler.position, strangler.has_reached, strangler.has_installed, strangler.self;
       REVOKE USAGE ON SCHEMA strangler FROM PUBLIC;
       ALTER TABLE strangler.identity DROP COLUMN incarnation, DROP COLUMN database_oid;
       ALTER TABLE catalog.heartbeat DROP COLUMN position, DROP COLUMN incarnation`,
    );
  const heartbeats = startHeartbeats(pair);
  try {
    await until(async () => heartbeats.state().monolith.error !== null);
    expect(heartbeats.state().monolith.error).toBe(
      'an earlier version installed the replication at the monolith: npm run switch -- replicate catalog',
    );
    // Those of the earlier version go on.
    for (const side of ['monolith', 'service'] as const)
      await pair.sql(side, `UPDATE catalog.heartbeat SET beat = beat + 1 WHERE side = $1`, [side]);
    await replicate(pair);
    for (const [from, to] of [
      ['monolith', 'service'],
      ['service', 'monolith'],
    ] as const) {
      const position = await asking.positionAt(from);
      await until(() => asking.hasReached(to, position));
    }
    expect(heartbeats.state()).toMatchObject({ monolith: { error: null }, service: { error: null } });
  } finally {
    await heartbeats.stop();
  }
});
