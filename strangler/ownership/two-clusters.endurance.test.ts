import { startHeartbeats } from './heartbeats.ts';
import { replicate } from './replicate.ts';
import { readStatus } from './status.ts';
import { stop } from './stop.ts';
import { caughtUp, createPair, fill, holdCopies, rowsOf, until, type Pair } from './testing.ts';
import { openOwnCluster, type OwnCluster } from './testing-clusters.ts';

let clusters: Record<'monolith' | 'service', OwnCluster>;
let pair: Pair;

beforeAll(async () => {
  const [monolith, service] = await Promise.all([openOwnCluster(), openOwnCluster()]);
  clusters = { monolith, service };
});
afterAll(() => Promise.all(Object.values(clusters).map((cluster) => cluster.stop())));
beforeEach(async () => {
  pair = await createPair({ monolith: clusters.monolith.url(), service: clusters.service.url() });
  await fill(pair, 500);
});
afterEach(() => pair.drop());

const syncSlots = async () =>
  (await pair.sql('monolith', `SELECT FROM pg_replication_slots WHERE slot_name LIKE 'pg\\_%'`)).length;

test('between two clusters everything is as in one', async () => {
  await replicate(pair);
  await pair.sql('monolith', `UPDATE catalog.products SET name = 'X' || name`);
  await caughtUp(pair);
  expect(await rowsOf(pair, 'service')).toEqual(await rowsOf(pair, 'monolith'));
  await stop(pair);
  expect(await pair.traces()).toEqual([]);
});

test.each(['monolith', 'service'] as const)(
  'a SIGKILL of the %s’s PostgreSQL in the middle of the copy loses and doubles nothing',
  async (side) => {
    const hold = await holdCopies(pair);
    const copying = replicate(pair).catch((error: Error) => error.message);
    await until(async () => {
      const { directions } = await readStatus(pair);
      const tables = directions[0]?.subscription?.tables ?? [];
      return (
        tables.some(({ table, state }) => table === 'notes' && state === 'copying') && (await syncSlots()) > 0
      );
    });
    clusters[side].kill();
    expect(await copying).toMatch(
      new RegExp(`^the ${side}'s database .* does not answer .*: start it, then run this again$`),
    );
    await hold.release();
    await clusters[side].start();
    await pair.sql('monolith', `DELETE FROM catalog.notes WHERE number < 5`);
    await replicate(pair);
    await caughtUp(pair);
    expect(await rowsOf(pair, 'service')).toEqual(await rowsOf(pair, 'monolith'));
    expect(await syncSlots()).toBe(0);
    await stop(pair);
    expect(await pair.traces()).toEqual([]);
  },
);

test.each(['monolith', 'service'] as const)(
  'a SIGKILL of the %s’s PostgreSQL under writes loses and doubles nothing',
  async (side) => {
    await replicate(pair);
    const written: number[] = [];
    let writing = true;
    const writer = (async () => {
      for (let n = 1_000; writing; n += 1) {
        const ok = await pair.sql('monolith', 'INSERT INTO catalog.notes VALUES ($1, $2)', [n, 'n']).then(
          () => true,
          () => false,
        );
        if (ok) written.push(n);
        else await new Promise((resolve) => setTimeout(resolve, 50));
      }
    })();
    const heartbeats = startHeartbeats(pair);
    await until(async () => written.length > 30 && (heartbeats.state()[side].beat ?? 0) > 2);
    clusters[side].kill();
    await until(async () => heartbeats.state()[side].error !== null);
    await clusters[side].start();
    const beats = heartbeats.state()[side].beat ?? 0;
    await until(async () => (heartbeats.state()[side].beat ?? 0) > beats + 2);
    await heartbeats.stop();
    const before = written.length;
    await until(async () => written.length > before + 30);
    writing = false;
    await writer;
    await caughtUp(pair);
    const rows = await rowsOf(pair, 'service');
    expect(rows).toEqual(await rowsOf(pair, 'monolith'));
    const there = await pair.sql<{ number: number }>('service', 'SELECT number FROM catalog.notes');
    expect(there.map(({ number }) => number)).toEqual(expect.arrayContaining(written));
  },
);

test('a stop while the service is dead in the middle of its copy leaves no slot at the monolith', async () => {
  const hold = await holdCopies(pair);
  const copying = replicate(pair).catch((error: Error) => error.message);
  await until(async () => (await syncSlots()) > 0);
  clusters.service.kill();
  expect(await copying).toMatch(/^the service's database .* does not answer/);
  await hold.release();
  const { left } = await stop(pair);
  expect(left).toMatchObject([{ side: 'service' }]);
  expect(await pair.sql('monolith', 'SELECT slot_name FROM pg_replication_slots')).toEqual([]);
  await pair.sql('monolith', 'DELETE FROM catalog.notes');

  await clusters.service.start();
  expect((await stop(pair)).left).toEqual([]);
  expect(await pair.traces()).toEqual([]);
});

test('a SIGKILL of the process that sends is nothing but a pause', async () => {
  await replicate(pair);
  const senders = await pair.sql<{ pid: number }>(
    'monolith',
    'SELECT active_pid AS pid FROM pg_replication_slots WHERE active',
  );
  // PostgreSQL takes the death of any of its processes for damage, and starts all of them anew.
  for (const { pid } of senders) process.kill(pid, 'SIGKILL');
  await until(() =>
    pair.sql('monolith', 'UPDATE catalog.products SET price = price + 1').then(
      () => true,
      () => false,
    ),
  );
  await caughtUp(pair);
  expect(await rowsOf(pair, 'service')).toEqual(await rowsOf(pair, 'monolith'));
});

test('a monolith that is found at another port is followed there', async () => {
  await replicate(pair);
  const moved = new URL(pair.urls.monolith);
  moved.searchParams.set('application_name', 'moved');
  await replicate({ ...pair, urls: { ...pair.urls, monolith: moved.href } });
  const [row] = await pair.sql('service', 'SELECT subconninfo AS connection FROM pg_subscription');
  expect(row?.['connection']).toContain('application_name=moved');
});

test('a server with too little room is told in one line what to raise', async () => {
  const small = await openOwnCluster({
    wal_level: 'replica',
    max_logical_replication_workers: 1,
    max_replication_slots: 1,
  });
  const narrow = await createPair({ monolith: small.url(), service: small.url() });
  try {
    await expect(replicate(narrow)).rejects.toThrow(
      /^on the PostgreSQL of the monolith and the service: ALTER SYSTEM SET wal_level = 'logical'; ALTER SYSTEM SET max_replication_slots = 16; ALTER SYSTEM SET max_logical_replication_workers = 16; then restart PostgreSQL$/,
    );
  } finally {
    await narrow.drop();
    await small.stop();
  }
});
