import { databaseUrl } from '#platform/postgres/owners.ts';
import { replicate } from './replicate.ts';
import { stop } from './stop.ts';
import { createPair, fill, giveToService, holdCopies, rowsOf, until, type Pair } from './testing.ts';

let pair: Pair;

beforeAll(async () => {
  pair = await createPair();
});
afterEach(() => pair.renew());
afterAll(() => pair.drop());

test('a stop removes all that replication has made, keeps the rows, and lets the service be written', async () => {
  await fill(pair, 50);
  await replicate(pair);
  const rows = await rowsOf(pair, 'service');
  const { removed, left } = await stop(pair);
  expect(removed.length).toBeGreaterThan(10);
  expect(left).toEqual([]);
  expect(await pair.traces()).toEqual([]);
  expect(await rowsOf(pair, 'service')).toEqual(rows);
  await pair.sql('service', 'DELETE FROM catalog.notes');
});

test('to stop what was stopped, or never begun, removes nothing', async () => {
  expect(await stop(pair)).toEqual({ capability: 'catalog', removed: [], left: [] });
  await replicate(pair);
  await stop(pair);
  expect((await stop(pair)).removed).toEqual([]);
});

test('a stop in the middle of the copy leaves no slot, also none of the copies', async () => {
  await fill(pair, 500);
  const hold = await holdCopies(pair);
  const copying = replicate(pair).then(
    () => 'done',
    (error: Error) => error.message,
  );
  await until(async () => (await pair.traces()).some((trace) => /^slot pg_\d+_sync_/.test(trace)));
  await stop(pair);
  expect(await copying).toMatch(/was stopped meanwhile$/);
  await hold.release();
  expect(await pair.traces()).toEqual([]);
  await stop(pair, { emptyService: true });
  await replicate(pair);
  expect(await rowsOf(pair, 'service')).toEqual(await rowsOf(pair, 'monolith'));
});

test('a stop ends a copy that waits for a lock at the service', async () => {
  await fill(pair, 50);
  const hold = await holdCopies(pair);
  const copying = replicate(pair).catch((error: Error) => error.message);
  await until(async () => {
    const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'`;
    return (await pair.sql('service', waiting)).length > 0;
  });
  await stop(pair);
  expect(await copying).toMatch(/was stopped meanwhile$/);
  expect(await pair.traces()).toEqual([]);
  await hold.release();
});

test('what a service has that is gone for good is told, and removed at the monolith', async () => {
  await replicate(pair);
  const gone = { ...pair, urls: { ...pair.urls, service: pair.urls.service.replace(/:\d+\//, ':1/') } };
  const { removed, left } = await stop(gone);
  expect(removed.every((what) => what.endsWith('at the monolith'))).toBe(true);
  expect(left).toEqual([
    {
      side: 'service',
      reason: expect.stringMatching(/does not answer/) as string,
      sql: expect.any(String) as string,
    },
  ]);
  const traces = await pair.traces();
  expect(traces.length).toBeGreaterThan(0);
  // What it says is what removes it, statement by statement.
  for (const statement of (left[0]?.sql ?? '').split(';')) {
    if (statement.trim() === '') continue;
    await until(() =>
      pair.sql('service', statement).then(
        () => true,
        (error: { code?: string }) => {
          if (error.code === '55006') return false;
          throw error as Error;
        },
      ),
    );
  }
  expect(await pair.traces()).toEqual([]);
});

test('where a monolith is gone for good, its service is set free', async () => {
  await replicate(pair);
  const gone = { ...pair, urls: { ...pair.urls, monolith: databaseUrl(pair.urls.monolith, 'nowhere') } };
  const { left } = await stop({ ...gone });
  expect(left).toMatchObject([{ side: 'monolith' }]);
  await pair.sql('service', 'DELETE FROM catalog.notes');
  await stop(pair);
  expect(await pair.traces()).toEqual([]);
});

test('where the service owns, neither stop nor replicate touches anything', async () => {
  await replicate(pair);
  await giveToService(pair);
  const traces = await pair.traces();
  await expect(stop(pair)).rejects.toThrow(/^the service owns catalog \(epoch 2/);
  await expect(replicate(pair)).rejects.toThrow(/^the service owns catalog \(epoch 2/);
  expect(await pair.traces()).toEqual(traces);
});

test('another capability of the same databases goes on when one is stopped', async () => {
  for (const side of ['monolith', 'service'] as const)
    await pair.sql(side, 'CREATE SCHEMA inventory; CREATE TABLE inventory.stock (id uuid PRIMARY KEY)');
  const other = { ...pair, capability: 'inventory', schema: 'inventory' };
  await replicate(pair);
  await replicate(other);
  await stop(pair);
  await pair.sql('monolith', 'INSERT INTO inventory.stock VALUES (gen_random_uuid())');
  await until(async () => (await pair.sql('service', 'SELECT FROM inventory.stock')).length === 1);
  await expect(pair.sql('service', 'DELETE FROM inventory.stock')).rejects.toMatchObject({ code: 'SH001' });
  await stop(other);
  expect(await pair.traces()).toEqual([]);
});
