import { Client } from 'pg';
import { replicate } from './replicate.ts';
import { readStatus } from './status.ts';
import { asReplication, caughtUp, createPair, fill, rowsOf, until, type Pair } from './testing.ts';

let pair: Pair;

beforeAll(async () => {
  pair = await createPair();
});
beforeEach(async () => {
  await fill(pair, 20);
  await replicate(pair);
});
afterEach(() => pair.renew());
afterAll(() => pair.drop());

/** As a superuser can, and nobody else: past the triggers, and not as replication. */
async function pastTheFence(statement: string): Promise<void> {
  const client = new Client({ connectionString: pair.urls.service });
  await client.connect();
  await client.query(`SET session_replication_role = replica; ${statement}`);
  await client.end();
}

const failures = async () => (await readStatus(pair)).directions[1]?.subscription?.applyErrors ?? 0;

test.each([
  `UPDATE catalog.products SET price = -1`,
  `DELETE FROM catalog.prices`,
  `INSERT INTO catalog.categories VALUES ('x', 'X')`,
  `INSERT INTO catalog.stock_by_region VALUES ('eu', 9999, 1)`,
  `TRUNCATE catalog.notes`,
  `TRUNCATE catalog.stock_by_region`,
])(
  'what is written at the replica past its fence stops the stream and leaves the owner as it is: %s',
  async (statement) => {
    const before = await rowsOf(pair, 'monolith');
    await pastTheFence(statement);
    await until(async () => (await failures()) >= 2);
    expect(await rowsOf(pair, 'monolith')).toEqual(before);
    // The other way nothing is in the way.
    await pair.sql('monolith', `DELETE FROM catalog.never_filled`);
    await caughtUp(pair);
  },
);

test('a repair under an origin passes at the replica, and does not come to the owner', async () => {
  const before = await rowsOf(pair, 'monolith');
  await asReplication(pair, 'service', 'DELETE FROM catalog.notes WHERE number < 5');
  await asReplication(pair, 'service', 'TRUNCATE catalog.never_filled');
  const reverse = await pair.sql<{ beat: number }>(
    'service',
    `UPDATE catalog.heartbeat SET beat = beat + 1 WHERE side = 'service' RETURNING beat`,
  );
  await until(
    async () =>
      (
        await pair.sql('monolith', `SELECT FROM catalog.heartbeat WHERE side = 'service' AND beat = $1`, [
          reverse[0]?.beat,
        ])
      ).length === 1,
  );
  expect(await rowsOf(pair, 'monolith')).toEqual(before);
  expect((await rowsOf(pair, 'service'))['notes']).not.toEqual(before['notes']);
  expect(await failures()).toBe(0);
});

test('a row of ownership that the replica was made to send stops the stream', async () => {
  await pair.sql('service', 'ALTER TABLE catalog.ownership DISABLE TRIGGER strangler_guard');
  await pair.sql('service', `UPDATE catalog.ownership SET owner = 'service', epoch = 2`);
  await until(async () => (await failures()) >= 2);
  expect(await pair.sql('monolith', 'SELECT owner, epoch FROM catalog.ownership')).toEqual([
    { owner: 'monolith', epoch: '1' },
  ]);
});

test.each([
  ['the epoch before', `epoch = 1, attempt = 0, state = 'ACTIVE', target = NULL`],
  ['an attempt that was', `attempt = 1, state = 'ACTIVE', target = NULL`],
  ['two epochs at once', `epoch = 9, owner = 'service', state = 'ACTIVE', target = NULL`],
])('the replica takes no step that is none, though the owner has it: %s', async (_what, change) => {
  for (const step of [
    `attempt = 1, state = 'DRAINING', target = 'service'`,
    `state = 'ACTIVE', target = NULL`,
    `attempt = 2, state = 'DRAINING', target = 'service'`,
  ])
    await pair.sql('monolith', `UPDATE catalog.ownership SET ${step}`);
  const held = [{ attempt: '2', state: 'DRAINING' }];
  const atService = () => pair.sql('service', 'SELECT attempt, state FROM catalog.ownership');
  await until(async () => JSON.stringify(await atService()) === JSON.stringify(held));
  await pair.sql('monolith', 'ALTER TABLE catalog.ownership DISABLE TRIGGER strangler_guard');
  await pair.sql('monolith', `UPDATE catalog.ownership SET ${change}`);
  await until(async () => ((await readStatus(pair)).directions[0]?.subscription?.applyErrors ?? 0) >= 2);
  expect(await atService()).toEqual(held);
});
