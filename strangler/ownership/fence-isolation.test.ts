import type { Client } from 'pg';
import { readOwnership, type Ownership } from './ownership.ts';
import { replicate } from './replicate.ts';
import { setOwnership, setOwnershipBehindWriters } from './set-ownership.ts';
import { openSide, type SideDatabase } from './side-database.ts';
import { createWriters, type Writers } from './testing-writers.ts';
import { caughtUp, createPair, fill, until, type Pair } from './testing.ts';
import { abort, drain, grant } from './transitions.ts';

let pair: Pair;
let writers: Writers;
let monolith: SideDatabase;
let writer: Client;

beforeAll(async () => {
  pair = await createPair();
});
beforeEach(async () => {
  await fill(pair, 20);
  writers = await createWriters(pair);
  await replicate(pair);
  monolith = await openSide(pair, 'monolith');
  writer = await writers.connect('monolith');
});
afterEach(async () => {
  await monolith.close();
  await writers.drop();
  await pair.renew();
});
afterAll(() => pair.drop());

const owned = async () => (await readOwnership(pair, monolith)) as Ownership;
const options = { lockTimeoutMs: 100, deadlineMs: 1_000 };

async function drainMonolith(): Promise<void> {
  const row = await owned();
  const next = drain(row, 'service') as Ownership;
  expect(await setOwnershipBehindWriters(pair, monolith, row, next, options)).toBe(true);
}
async function set(step: (row: Ownership) => Ownership | undefined): Promise<void> {
  const row = await owned();
  expect(await setOwnership(pair, monolith, row, step(row) as Ownership)).toBe(true);
}

const WRITE = `UPDATE catalog.categories SET name = name || '!' WHERE slug = 'c1'`;

test('while the monolith is drained it refuses, and says so; after an abort it writes', async () => {
  await drainMonolith();
  await expect(writer.query(WRITE)).rejects.toMatchObject({
    code: 'SH001',
    detail: '{"owner" : "monolith", "epoch" : 1, "state" : "DRAINING"}',
  });
  await set(abort);
  await writer.query(WRITE);
});

test('a drain waits for what has passed, holds nobody up for long, and gives up at its deadline', async () => {
  await writer.query(`BEGIN; ${WRITE}`);
  const row = await owned();
  const next = drain(row, 'service') as Ownership;
  const draining = setOwnershipBehindWriters(pair, monolith, row, next, options);
  const other = await writers.connect('monolith');
  await other.query(`SET statement_timeout = '5s'; DELETE FROM catalog.never_filled`);
  await expect(draining).rejects.toThrow(
    /^a transaction at the monolith does not let go of the tables of catalog: pg_stat_activity/,
  );
  expect(await owned()).toEqual(row);
  await writer.query('COMMIT');
  await drainMonolith();
});

test('what has passed before a drain is in the stream before it', async () => {
  await writer.query(`BEGIN; INSERT INTO catalog.categories VALUES ('late', 'Late')`);
  const draining = drainMonolith();
  await until(async () => (await pair.sql('monolith', WAITING)).length === 1);
  await writer.query('COMMIT');
  await draining;
  await until(
    async () =>
      (await pair.sql('service', `SELECT FROM catalog.ownership WHERE state = 'DRAINING'`)).length === 1,
  );
  expect(await pair.sql('service', `SELECT slug FROM catalog.categories WHERE slug = 'late'`)).toHaveLength(
    1,
  );
});

const WAITING = `
  SELECT FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ExclusiveLock' AND NOT granted
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;

describe.each(['READ UNCOMMITTED', 'READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE'])('%s', (level) => {
  const believesSnapshot = level.startsWith('READ');

  test('a transaction that began before the monolith gave its right away does not write there any more', async () => {
    await writer.query(`BEGIN ISOLATION LEVEL ${level}; SELECT count(*) FROM catalog.products`);
    await drainMonolith();
    await set(grant);
    await expect(writer.query(WRITE)).rejects.toMatchObject({ code: believesSnapshot ? 'SH001' : '40001' });
    await writer.query('ROLLBACK');
  });

  test('a transaction that began before a drain that was aborted writes, or is told to begin again', async () => {
    await writer.query(`BEGIN ISOLATION LEVEL ${level}; SELECT count(*) FROM catalog.products`);
    await drainMonolith();
    await set(abort);
    if (believesSnapshot) await writer.query(`${WRITE}; COMMIT`);
    else await expect(writer.query(WRITE)).rejects.toMatchObject({ code: '40001' });
    await writer.query('ROLLBACK');
    await writer.query(`BEGIN ISOLATION LEVEL ${level}; ${WRITE}; COMMIT`);
  });

  test('a transaction of the target that began before it owned writes, or is told to begin again', async () => {
    const early = await writers.connect('service');
    await early.query(`BEGIN ISOLATION LEVEL ${level}; SELECT count(*) FROM catalog.products`);
    await drainMonolith();
    await set(grant);
    await until(
      async () => (await pair.sql('service', `SELECT FROM catalog.ownership WHERE epoch = 2`)).length === 1,
    );
    if (believesSnapshot) await early.query(`${WRITE}; COMMIT`);
    else await expect(early.query(WRITE)).rejects.toMatchObject({ code: '40001' });
    await early.query('ROLLBACK');
    await early.query(`BEGIN ISOLATION LEVEL ${level}; ${WRITE}; COMMIT`);
  });
});

test('under READ COMMITTED no write locks the row that all of them read; under others a multixact holds them', async () => {
  const others = await Promise.all([1, 2, 3].map(() => writers.connect('monolith')));
  async function together(level: string) {
    for (const [index, client] of others.entries())
      await client.query(
        `BEGIN ISOLATION LEVEL ${level}; UPDATE catalog.categories SET name = name WHERE slug = 'c${index + 1}'`,
      );
    const [row] = await pair.sql<{ locker: string }>(
      'monolith',
      'SELECT xmax::text AS locker FROM catalog.ownership',
    );
    const lockers =
      row?.locker === '0'
        ? []
        : await pair.sql('monolith', 'SELECT xid FROM pg_get_multixact_members($1)', [row?.locker]);
    await Promise.all(others.map((client) => client.query('COMMIT')));
    return lockers.length;
  }
  for (let round = 0; round < 5; round += 1) expect(await together('READ COMMITTED')).toBe(0);
  expect(await together('REPEATABLE READ')).toBe(3);
});

test('there and back nothing that was written is lost', async () => {
  await writer.query(WRITE);
  await drainMonolith();
  await set(grant);
  await until(
    async () => (await pair.sql('service', `SELECT FROM catalog.ownership WHERE epoch = 2`)).length === 1,
  );
  const atService = await writers.connect('service');
  await atService.query(WRITE);
  const service = await openSide(pair, 'service');
  const row = (await readOwnership(pair, service)) as Ownership;
  const drained = drain(row, 'monolith') as Ownership;
  expect(await setOwnershipBehindWriters(pair, service, row, drained, options)).toBe(true);
  expect(await setOwnership(pair, service, drained, grant(drained) as Ownership)).toBe(true);
  await service.close();
  await until(async () => (await owned()).epoch === 3);
  await writer.query(WRITE);
  await caughtUp(pair);
  for (const side of ['monolith', 'service'] as const)
    expect(await pair.sql(side, `SELECT name FROM catalog.categories WHERE slug = 'c1'`)).toEqual([
      { name: 'Category 1!!!' },
    ]);
});
