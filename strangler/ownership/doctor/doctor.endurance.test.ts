import { Client, escapeIdentifier } from 'pg';
import { drain } from '../transitions.ts';
import { readOwnership } from '../ownership.ts';
import { FORWARD, REVERSE, streamName, type Direction, type Replica, type Side } from '../replica.ts';
import { replicate } from '../replicate.ts';
import { stop } from '../stop.ts';
import { withLock } from '../lock.ts';
import { openSide } from '../side-database.ts';
import { setOwnership } from '../set-ownership.ts';
import {
  asReplication,
  caughtUp,
  createPair,
  fill,
  giveToService,
  rowsOf,
  until,
  type Pair,
} from '../testing.ts';
import { diagnose } from './diagnose.ts';
import type { Finding } from './finding.ts';
import { gatherFacts } from './facts.ts';
import { adopt, discard, treat } from './treat.ts';

let pair: Pair;

beforeAll(async () => {
  pair = await createPair();
});
afterAll(() => pair.drop());
beforeEach(async () => {
  await fill(pair, 30);
  await replicate(pair);
});
afterEach(() => pair.renew());

const look = async (replica: Replica = pair) => diagnose(await gatherFacts(replica));
const statesOf = async (replica?: Replica) => (await look(replica)).map(({ state }) => state);
const subscription = (direction: Direction) => escapeIdentifier(streamName(pair, direction));
async function heal(): Promise<readonly string[]> {
  const done = await treat(pair, await look());
  expect(await look()).toEqual([]);
  expect(await rowsOf(pair, 'service')).toEqual(await rowsOf(pair, 'monolith'));
  return done;
}

test('what is well has no finding; what is not replicated has none either', async () => {
  expect(await look()).toEqual([]);
  await stop(pair);
  expect(await look()).toEqual([]);
});

test('a drain whose coordinator is gone is taken back; while one is at work, it is waited for', async () => {
  const side = await openSide(pair, 'monolith');
  try {
    const row = await readOwnership(pair, side);
    const drained = row && drain(row, 'service');
    if (row === undefined || drained === undefined) throw new Error('no row');
    expect(await setOwnership(pair, side, row, drained)).toBe(true);
    await withLock([side], async () => expect(await statesOf()).toEqual(['under way']));
  } finally {
    await side.close();
  }
  const [finding] = await look();
  expect(finding).toMatchObject({
    state: 'drained',
    found: 'nobody can write: the monolith is drained towards the service, and whoever began that is gone',
  });
  expect(await heal()).toEqual(['the drain was taken back: the monolith writes again']);
});

test('a grant that has not arrived is told, and not touched', async () => {
  await pair.sql('service', `ALTER SUBSCRIPTION ${subscription(FORWARD)} DISABLE`);
  await giveToService(pair);
  expect(await statesOf()).toEqual(['granted', 'stream disabled']);
  await pair.sql('service', `ALTER SUBSCRIPTION ${subscription(FORWARD)} ENABLE`);
  await until(async () => (await statesOf()).length === 0);
});

test.each([
  ['service', FORWARD],
  ['monolith', REVERSE],
] as const)(
  'a slot that is lost on the way to the %s: the stream is begun anew, and what it lost is repaired',
  async (to, direction) => {
    await pair.sql(to, `ALTER SUBSCRIPTION ${subscription(direction)} DISABLE`);
    await until(async () => {
      const slots = await pair.sql(
        direction.from,
        `SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = $1 AND NOT active`,
        [streamName(pair, direction)],
      );
      return slots.length === 1;
    });
    await pair.sql('monolith', `UPDATE catalog.stock_eu SET quantity = quantity + 1`);
    expect(await look()).toMatchObject([{ state: 'slot lost', remedy: { kind: 'begin anew', to } }]);
    if (to === 'service')
      expect(await heal()).toEqual([
        'the stream to the service was begun anew',
        'all rows were compared, and 25 repaired',
      ]);
    else expect((await heal())[0]).toBe('the stream to the monolith was begun anew');
  },
);

test('a slot that is lost with a grant in it is left to a person', async () => {
  await pair.sql('service', `ALTER SUBSCRIPTION ${subscription(FORWARD)} DISABLE`);
  await giveToService(pair);
  await until(async () => {
    const slots = await pair.sql(
      'monolith',
      `SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = $1 AND NOT active`,
      [streamName(pair, FORWARD)],
    );
    return slots.length === 1;
  });
  const findings = await look();
  expect(findings.map(({ state }) => state)).toEqual(['granted', 'slot lost']);
  expect(findings.flatMap(({ remedy }) => remedy ?? [])).toEqual([]);
});

test('a disabled stream is enabled', async () => {
  await pair.sql('service', `ALTER SUBSCRIPTION ${subscription(FORWARD)} DISABLE`);
  await pair.sql('monolith', `UPDATE catalog.stock_eu SET quantity = quantity + 1`);
  const done = await treat(pair, await look());
  expect(done).toEqual(['the stream to the service was enabled']);
  await caughtUp(pair);
  expect(await look()).toEqual([]);
});

const failed = (side: Side) =>
  until(async () => {
    const [row] = await pair.sql<{ errors: number }>(
      side,
      `SELECT coalesce(sum(apply_error_count), 0)::int AS errors FROM pg_stat_subscription_stats
       JOIN pg_subscription ON oid = subid WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    );
    return (row?.errors ?? 0) > 0;
  });

test('what was written past the fence is thrown away only if a person says so', async () => {
  const before = await rowsOf(pair, 'monolith');
  await pair.sql(
    'service',
    `SET session_replication_role = replica; UPDATE catalog.stock_eu SET quantity = 0`,
  );
  await failed('monolith');
  const findings = await look();
  expect(findings).toMatchObject([
    { state: 'written past the fence', decision: { kind: 'discard', side: 'service' } },
  ]);
  expect(await treat(pair, findings)).toEqual([]);
  expect(await discard(pair, 'service')).toEqual([
    'what the service had sent was thrown away, and its stream begun anew',
    'all rows were compared, and 25 repaired',
  ]);
  expect(await look()).toEqual([]);
  expect(await rowsOf(pair, 'monolith')).toEqual(before);
  expect(await rowsOf(pair, 'service')).toEqual(before);
});

test('a row in the way of the stream is replaced by the one of the owner', async () => {
  await asReplication(pair, 'service', `INSERT INTO catalog.categories VALUES ('new', 'In the way')`);
  await pair.sql('monolith', `INSERT INTO catalog.categories VALUES ('new', 'New')`);
  await failed('service');
  expect(await statesOf()).toEqual(['conflict']);
  expect(await heal()).toEqual([
    'the stream to the service was begun anew',
    'all rows were compared, and 1 repaired',
  ]);
});

test('tables and columns that are on one side only are told, with what to do', async () => {
  await pair.sql('monolith', 'CREATE TABLE catalog.wishes (id int PRIMARY KEY)');
  await pair.sql('service', 'ALTER TABLE catalog.never_filled ADD COLUMN note text');
  const findings = await look();
  expect(findings.map(({ state, found }) => `${state}: ${found}`)).toEqual(
    expect.arrayContaining([
      'tables differ: catalog.wishes is at the monolith, but not at the service: migrate the service',
      'tables differ: catalog.never_filled.note is missing at the monolith, text at the service: migrate the one that is behind',
      expect.stringMatching(/^table without a stream: monolith → service: wishes is not /),
    ]),
  );
});

/** Lets nobody in, until it is released. */
async function close(side: Side): Promise<() => Promise<void>> {
  const admin = new Client({ connectionString: pair.urls[side === 'monolith' ? 'service' : 'monolith'] });
  await admin.connect();
  const name = escapeIdentifier(new URL(pair.urls[side]).pathname.slice(1));
  await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
  return async () => {
    await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
    await admin.end();
  };
}

test('where the owner does not answer, the other side may be adopted; where it is not the owner, it may not', async () => {
  const open = await close('monolith');
  try {
    expect(await look()).toMatchObject([
      { state: 'unreachable' },
      { state: 'no owner', decision: { kind: 'adopt', side: 'service' } },
    ]);
    expect(await adopt(pair, 'service')).toEqual([
      'the service owns catalog, epoch 2: what the monolith had not sent is lost',
    ]);
    await pair.sql('service', `INSERT INTO catalog.categories VALUES ('adopted', 'Adopted')`);
    await expect(adopt(pair, 'service')).rejects.toThrow('there is nothing to adopt');
  } finally {
    await open();
  }
  // It was not destroyed after all.
  expect(await statesOf()).toContain('two owners');
}, 240_000);

test('nobody is adopted while the owner is there', async () => {
  await expect(adopt(pair, 'service')).rejects.toThrow(
    'there is nothing to adopt: the service is itself, and its owner is there',
  );
});

test('a side that was taken back in time is found by its heartbeat', async () => {
  await caughtUp(pair);
  await asReplication(
    pair,
    'service',
    `UPDATE catalog.heartbeat SET beat = beat - 1000 WHERE side = 'service'`,
  );
  expect(await statesOf()).toContain('older than itself');
});

test('a side that takes no writes says why', async () => {
  const name = escapeIdentifier(new URL(pair.urls.service).pathname.slice(1));
  await pair.sql('monolith', `ALTER DATABASE ${name} SET default_transaction_read_only = on`);
  const states = await statesOf();
  await pair.sql('monolith', `ALTER DATABASE ${name} RESET ALL`);
  expect(states).toEqual(['read only']);
});

test('a copy of a database is nobody, until a person makes it the one', async () => {
  const [name, copy] = [
    new URL(pair.urls.service).pathname.slice(1),
    `copy_of_${new URL(pair.urls.service).pathname.slice(1)}`,
  ];
  await pair.sql('service', `ALTER SUBSCRIPTION ${subscription(FORWARD)} DISABLE`);
  await pair.sql('monolith', `ALTER SUBSCRIPTION ${subscription(REVERSE)} DISABLE`);
  const replica = { ...pair, urls: { ...pair.urls, service: pair.urls.service.replace(name, copy) } };
  await until(async () => {
    try {
      await pair.sql('monolith', `CREATE DATABASE ${copy} TEMPLATE ${name}`);
      return true;
    } catch {
      return false;
    }
  });
  try {
    const findings = await look(replica);
    expect(findings[0]).toMatchObject({
      state: 'copy of another',
      decision: { kind: 'adopt', side: 'service' },
    });
    expect(await adopt(replica, 'service')).toEqual([`${copy} is the service's from now on`]);
    expect(await statesOf(replica)).not.toContain('copy of another');
  } finally {
    await pair.sql('monolith', `DROP DATABASE ${copy} WITH (FORCE)`);
  }
});

test('a grant that was made after the diagnosis keeps its stream from being begun anew', async () => {
  await pair.sql('service', `ALTER SUBSCRIPTION ${subscription(FORWARD)} DISABLE`);
  const findings: Finding[] = [
    { state: 'slot lost', found: '', advice: '', remedy: { kind: 'begin anew', to: 'service' } },
  ];
  await giveToService(pair);
  await expect(treat(pair, findings)).rejects.toThrow(
    'the right to write catalog is on its way by this stream: it is not begun anew',
  );
  await pair.sql('service', `ALTER SUBSCRIPTION ${subscription(FORWARD)} ENABLE`);
  await until(async () => (await statesOf()).length === 0);
});
