import { startHeartbeats, type Heartbeats } from './heartbeats.ts';
import { replicate } from './replicate.ts';
import { formatStatus } from './status-text.ts';
import { readStatus } from './status.ts';
import { asReplication, createPair, fill, holdCopies, until, type Pair } from './testing.ts';

let pair: Pair;
let heartbeats: Heartbeats | undefined;

beforeAll(async () => {
  pair = await createPair();
});
afterEach(async () => {
  await heartbeats?.stop();
  heartbeats = undefined;
  await pair.renew();
});
afterAll(() => pair.drop());

test('before anything is replicated the phase is monolith, and nothing is wrong', async () => {
  const status = await readStatus(pair);
  expect(status).toMatchObject({ phase: 'monolith', copying: false, problems: [] });
  expect(formatStatus(status)).toBe('catalog: monolith');
});

test('while both ways work, nothing is wrong, and the heartbeats tell how late they are', async () => {
  await fill(pair, 30);
  await replicate(pair);
  heartbeats = startHeartbeats(pair);
  await until(async () =>
    (await readStatus(pair)).directions.every(({ heartbeatAgeMs }) => (heartbeatAgeMs ?? 1e9) < 2_000),
  );
  await until(async () =>
    (await readStatus(pair)).directions.every(({ lagMs }) => lagMs !== null && lagMs < 2_000),
  );
  const status = await readStatus(pair);
  expect(status).toMatchObject({ phase: 'replicating', copying: false, problems: [] });
  expect(status.sides).toMatchObject({
    monolith: { identity: { side: 'monolith' }, ownership: { owner: 'monolith', epoch: 1, state: 'ACTIVE' } },
    service: { identity: { side: 'service' }, ownership: { owner: 'monolith', epoch: 1, state: 'ACTIVE' } },
  });
  for (const { slot, subscription, publishedTables } of status.directions) {
    expect(slot).toMatchObject({ active: true, walStatus: 'reserved' });
    expect(subscription).toMatchObject({ enabled: true, running: true, applyErrors: 0, copyErrors: 0 });
    expect(subscription?.tables.map(({ table }) => table)).toEqual(publishedTables);
    expect(publishedTables).toHaveLength(9);
  }
  expect(JSON.parse(JSON.stringify(status))).toEqual(status);
  expect(formatStatus(status)).toMatch(
    /monolith → service: 9\/9 tables ready, .* behind, .* kept, lag \d+ m?s/,
  );
});

test('a copy under way is told table by table', async () => {
  await fill(pair, 30);
  const hold = await holdCopies(pair);
  const copying = replicate(pair);
  await until(async () => {
    const { directions } = await readStatus(pair);
    return (
      directions[0]?.subscription?.tables.some(
        ({ table, state }) => table === 'notes' && state === 'copying',
      ) ?? false
    );
  });
  const status = await readStatus(pair);
  expect(status.copying).toBe(true);
  expect(formatStatus(status)).toMatch(/first copy under way\n[^]*\(.*notes copying/);
  await hold.release();
  await copying;
});

test('an update of a row that is missing is counted, and told', async () => {
  await fill(pair, 30);
  await replicate(pair);
  const row = `INSERT INTO catalog.never_filled VALUES ('01a20368-2859-71af-ad58-611b0f7297ef')`;
  await asReplication(pair, 'service', row);
  await pair.sql('monolith', row);
  await until(async () => {
    const { problems } = await readStatus(pair);
    return problems.some((line) =>
      /no worker runs \([1-9]\d* failures so far\): the log of the service's/.test(line),
    );
  });
  const { directions, problems } = await readStatus(pair);
  expect(directions[0]?.subscription?.conflicts).toMatchObject({
    insert_exists: expect.any(Number) as number,
  });
  expect(problems.join('\n')).toMatch(/× insert exists/);
});

test('a side that is down is told, and the other one’s state with it', async () => {
  await replicate(pair);
  const down = { ...pair, urls: { ...pair.urls, service: pair.urls.service.replace(/:\d+\//, ':1/') } };
  const status = await readStatus(down);
  expect(status.problems[0]).toMatch(/^the service's database \w+ does not answer/);
  expect(status.sides.monolith.ownership).toMatchObject({ owner: 'monolith' });
  expect(formatStatus(status)).toMatch(/service +\w+, does not answer/);
});

test('a dropped slot, subscription or publication is told', async () => {
  await replicate(pair);
  const [{ name = '' } = {}] = (await readStatus(pair)).directions;
  await pair.sql('service', `ALTER SUBSCRIPTION ${name} DISABLE`);
  await pair.sql('service', `ALTER SUBSCRIPTION ${name} SET (slot_name = NONE)`);
  await pair.sql('service', `DROP SUBSCRIPTION ${name}`);
  await pair.sql('monolith', `DROP PUBLICATION strangler_catalog`);
  await until(async () => (await readStatus(pair)).directions[0]?.slot?.active === false);
  expect((await readStatus(pair)).problems).toEqual(
    expect.arrayContaining([
      'monolith → service: nothing is published',
      'monolith → service: there is no subscription',
      'monolith → service: nobody reads the slot, the monolith keeps log for it',
    ]),
  );
  await pair.sql('monolith', `SELECT pg_drop_replication_slot('${name}')`);
  expect((await readStatus(pair)).problems).toContain(`monolith → service: there is no slot ${name}`);
});
