import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { Phase, type Plan } from '../../generated/protos/shop/strangler/v1/strangler.ts';
import type { GrpcServer } from '#platform/grpc/server.ts';
import { withClient } from '#platform/postgres/owners.ts';
import type { TestDatabase } from '#platform/testing/test-database.ts';
import { until } from '#platform/testing/until.ts';
import { replicate } from '../ownership/replicate.ts';
import { readStatus } from '../ownership/status.ts';
import { stop } from '../ownership/stop.ts';
import type { SwitchClient } from './client.ts';
import { openDatabase, type SwitchDatabase } from './database.ts';
import { withDatabase } from './known-plans.ts';
import { withPlanLock } from './plan-lock.ts';
import { runStop } from './stop.ts';
import { listenSwitch } from './server.ts';
import {
  change,
  closeDatabase,
  connectSwitch,
  createSides,
  newTestDatabase,
  reopenDatabase,
  type TestSides,
} from './testing.ts';

const silent = pino({ level: 'silent' });
const catalog = { capability: 'catalog' };

let sides: TestSides;
let testDatabase: TestDatabase;
let database: SwitchDatabase;
let server: GrpcServer;
let client: SwitchClient;

beforeEach(async () => {
  [sides, testDatabase] = await Promise.all([createSides(), newTestDatabase()]);
  database = openDatabase(testDatabase.url, silent);
  const replicas = [sides.replica];
  server = await listenSwitch({ host: '127.0.0.1', port: 0, database, replicas, log: silent });
  client = connectSwitch(`127.0.0.1:${server.port}`);
});
afterEach(async () => {
  client.close();
  await server.stop(0, 0);
  await database.close();
  await sides.drop();
  await testDatabase.drop();
});

const planNow = async (): Promise<Plan | undefined> => (await client.getPlan(catalog)).plan;
const entries = async () =>
  (await client.listAuditEntries({ capability: undefined, pageSize: 100, pageToken: '' })).entries;

const untouched = {
  capability: 'catalog',
  reads: { servicePercent: 0, shadowPercent: 0 },
  phase: Phase.PHASE_MONOLITH,
  version: 0n,
};

test('a capability that nobody has planned anything for stays at the monolith', async () => {
  expect(await planNow()).toEqual(untouched);
  expect((await client.listPlans({})).plans).toEqual([untouched]);
  await expect(client.getPlan({ capability: 'teleport' })).rejects.toMatchObject({ code: 'not_found' });
  await expect(client.setPlan({ ...change({ shadowPercent: 0 }), capability: 'x' })).rejects.toMatchObject({
    code: 'not_found',
  });
});

test('percentages that are none, and a change of nothing, are refused by the contract', async () => {
  for (const wrong of [{ servicePercent: 101 }, { servicePercent: -1 }, { shadowPercent: 101 }, {}])
    await expect(client.setPlan(change(wrong))).rejects.toMatchObject({ code: 'invalid_request' });
  await expect(client.setPlan({ ...change({ servicePercent: 0 }), who: '' })).rejects.toMatchObject({
    code: 'invalid_request',
  });
});

test('nobody is sent to a service that does not have every table, and the refusal says what to do', async () => {
  const refused = (words: RegExp) => ({ code: 'not_ready', message: expect.stringMatching(words) as string });
  for (const wanted of [{ servicePercent: 1 }, { shadowPercent: 1 }])
    await expect(client.setPlan(change(wanted))).rejects.toMatchObject(
      refused(/^catalog is not replicated: npm run switch -- replicate catalog$/),
    );
  await replicate(sides.replica);
  await withClient(sides.replica.urls.service, (service) =>
    service.query(`ALTER SUBSCRIPTION ${sides.prefix}_monolith_catalog_to_service DISABLE`),
  );
  await expect(client.setPlan(change({ servicePercent: 1 }))).rejects.toMatchObject(
    refused(/^catalog is not in step, monolith → service: .*: npm run switch -- status catalog$/),
  );
  expect(await planNow()).toMatchObject({ reads: { servicePercent: 0 }, version: 0n });
  expect(await entries()).toEqual([]);
});

test('what is over in a moment, as a pause of the stream, is waited for', async () => {
  await replicate(sides.replica);
  const subscription = `${sides.prefix}_monolith_catalog_to_service`;
  const alter = (what: string) =>
    withClient(sides.replica.urls.service, (service) =>
      service.query(`ALTER SUBSCRIPTION ${subscription} ${what}`),
    );
  await alter('DISABLE');
  const set = client.setPlan(change({ servicePercent: 1 }));
  // As long as a look at both sides takes, some times over.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  await alter('ENABLE');
  expect((await set).plan?.version).toBe(1n);
});

test('a plan changes step by step, its phase follows, and the audit log tells who did what', async () => {
  await replicate(sides.replica);
  await until(async () => (await planNow())?.phase === Phase.PHASE_REPLICATING);
  const steps = [
    [{ shadowPercent: 10 }, Phase.PHASE_SHADOWING],
    [{ servicePercent: 25 }, Phase.PHASE_CANARY],
    [{ servicePercent: 100 }, Phase.PHASE_READS_ON_SERVICE],
    [{ servicePercent: 0 }, Phase.PHASE_SHADOWING],
    [{ shadowPercent: 0 }, Phase.PHASE_REPLICATING],
  ] as const;
  for (const [index, [reads, phase]] of steps.entries()) {
    const { plan } = await client.setPlan(change({ ...reads, version: BigInt(index) }));
    expect(plan).toMatchObject({ phase, version: BigInt(index + 1) });
    expect(await planNow()).toEqual(plan);
  }
  const log = await entries();
  expect(log).toHaveLength(5);
  expect(log[3]).toMatchObject({
    who: 'ada',
    verb: 'reads',
    before: { reads: { servicePercent: 0, shadowPercent: 10 }, phase: Phase.PHASE_SHADOWING, version: 1n },
    after: { reads: { servicePercent: 25, shadowPercent: 10 }, phase: Phase.PHASE_CANARY, version: 2n },
  });
  const first = await client.listAuditEntries({ ...catalog, pageSize: 3, pageToken: '' });
  const second = await client.listAuditEntries({ ...catalog, pageSize: 3, pageToken: first.nextPageToken });
  expect([...first.entries, ...second.entries]).toEqual(log);
  expect(second.nextPageToken).toBe('');
});

test('of two changes at once one wins and the other is told, however often it is tried', async () => {
  await replicate(sides.replica);
  for (let round = 0n; round < 8n; round += 1n) {
    const percents = [Number(round) * 2 + 1, Number(round) * 2 + 2];
    const outcomes = await Promise.allSettled(
      percents.map((servicePercent) => client.setPlan(change({ servicePercent, version: round }))),
    );
    const won = outcomes.flatMap((each) => (each.status === 'fulfilled' ? [each.value.plan] : []));
    const lost = outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
    expect(won).toEqual([await planNow()]);
    expect(lost).toMatchObject([
      {
        code: 'version_mismatch',
        message: expect.stringMatching(/Somebody else has changed .* version \d+ by now/) as string,
        details: {
          extra: { version: Number(round) + 1, servicePercent: won[0]?.reads?.servicePercent },
        },
      },
    ]);
  }
  expect(await entries()).toHaveLength(8);
});

test('of two ways back at once, which wait for nobody, one wins and the other is told', async () => {
  await replicate(sides.replica);
  for (let version = 0n; version < 24n; version += 2n) {
    await client.setPlan(change({ servicePercent: 50, shadowPercent: 10, version }));
    const outcomes = await Promise.allSettled(
      [{ servicePercent: 0 }, { shadowPercent: 0 }].map((back) =>
        client.setPlan(change({ ...back, version: version + 1n })),
      ),
    );
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect((await planNow())?.version).toBe(version + 2n);
  }
  expect(await entries()).toHaveLength(24);
});

test('a change that cannot be noted in the audit log is not made', async () => {
  await replicate(sides.replica);
  const rename = (from: string, to: string) =>
    withClient(testDatabase.adminUrl, (admin) => admin.query(`ALTER TABLE switch.${from} RENAME TO ${to}`));
  await rename('audit_entries', 'elsewhere');
  await expect(client.setPlan(change({ servicePercent: 5 }))).rejects.toMatchObject({ code: 'internal' });
  expect(await planNow()).toMatchObject({ reads: { servicePercent: 0 }, version: 0n });
  await rename('elsewhere', 'audit_entries');
  expect((await client.setPlan(change({ servicePercent: 5 }))).plan?.version).toBe(1n);
});

test('to set what is there already changes nothing', async () => {
  const { plan } = await client.setPlan(change({ servicePercent: 0, shadowPercent: 0 }));
  expect(plan).toEqual(untouched);
  expect(await entries()).toEqual([]);
});

test('back to the monolith it goes whatever is broken', async () => {
  await replicate(sides.replica);
  await client.setPlan(change({ servicePercent: 50 }));
  const service = { adminUrl: sides.replica.urls.service } as TestDatabase;
  await closeDatabase(service);
  try {
    await expect(client.setPlan(change({ servicePercent: 60, version: 1n }))).rejects.toMatchObject({
      code: 'not_ready',
    });
    const { plan } = await client.setPlan(change({ servicePercent: 0, version: 1n }));
    expect(plan?.reads?.servicePercent).toBe(0);
  } finally {
    await reopenDatabase(service);
  }
});

describe('a stop of the replication', () => {
  const quiet = { json: true, print: () => undefined };
  const stopIt = (options = {}) => runStop(sides.replica, testDatabase.adminUrl, options, quiet);

  test('is refused while the service is asked for anything', async () => {
    await replicate(sides.replica);
    await client.setPlan(change({ servicePercent: 1, shadowPercent: 2 }));
    for (const options of [{}, { emptyService: true }])
      await expect(stopIt(options)).rejects.toThrow(
        'npm run switch -- reads catalog 0 and npm run switch -- shadow catalog 0 first',
      );
    await client.setPlan(change({ servicePercent: 0, version: 1n }));
    await expect(stopIt()).rejects.toThrow(/shadowed: npm run switch -- shadow catalog 0 first$/);
    expect((await readStatus(sides.replica)).problems).toEqual([]);
    await client.setPlan(change({ shadowPercent: 0, version: 2n }));
    expect(await stopIt()).toBe(true);
    expect((await readStatus(sides.replica)).phase).toBe('monolith');
  });

  test('is refused where nobody knows the plan', async () => {
    await replicate(sides.replica);
    await client.setPlan(change({ servicePercent: 1 }));
    await closeDatabase(testDatabase);
    await expect(stopIt()).rejects.toThrow(/^the plans cannot be read/);
    expect((await readStatus(sides.replica)).phase).toBe('replicating');
  });

  test('lets nobody be sent to the service while it goes on', async () => {
    await replicate(sides.replica);
    await withDatabase(testDatabase.adminUrl, (query) =>
      withPlanLock('catalog', query, 0, async () => {
        await expect(client.setPlan(change({ servicePercent: 1 }))).rejects.toMatchObject({ code: 'busy' });
        expect((await client.setPlan(change({ servicePercent: 0 }))).plan?.version).toBe(0n);
      }),
    );
    expect((await client.setPlan(change({ servicePercent: 1 }))).plan?.version).toBe(1n);
  });
});

test('the heart of a capability is beaten from when it is replicated until it is not', async () => {
  const arrived = () =>
    withClient(sides.replica.urls.service, async (service) => {
      const { rows } = await service.query<{ beat: number }>(
        `SELECT beat::float8 AS beat FROM catalog.heartbeat WHERE side = 'monolith'`,
      );
      return rows[0]?.beat ?? 0;
    });
  await replicate(sides.replica);
  const before = await arrived();
  // What comes from the monolith goes on coming; `replicate` alone sends one.
  await until(async () => (await arrived()) > before + 10);
  expect((await planNow())?.phase).toBe(Phase.PHASE_REPLICATING);
  await stop(sides.replica);
  await until(async () => (await planNow())?.phase === Phase.PHASE_MONOLITH);
  await replicate(sides.replica);
  await until(async () => (await planNow())?.phase === Phase.PHASE_REPLICATING);
});

describe('what gateways report', () => {
  const found = (number: number) => ({
    ...catalog,
    id: randomUUID(),
    at: new Date(1_800_000_000_000 + number),
    request: { method: 'GET', path: `/products/${number}` },
    kind: 'body',
    differences: [
      { at: '/price/amount', monolith: '1250', service: '1300' },
      { at: '/name', monolith: '"Kettle"', service: undefined },
    ],
    position: `${'a'.repeat(32)}~1~0/1A2B3C4`,
  });
  const list = (pageToken = '') => client.listMismatches({ ...catalog, pageSize: 100, pageToken });

  test('a mismatch is kept as it was reported, and once', async () => {
    const mismatch = found(1);
    await client.reportMismatches({ mismatches: [mismatch] });
    await client.reportMismatches({ mismatches: [found(2), mismatch] });
    const { mismatches, nextPageToken } = await list();
    expect(mismatches).toHaveLength(2);
    expect(mismatches[1]).toEqual(mismatch);
    expect(nextPageToken).toBe('');
  });

  test('of each capability the newest thousand are kept', async () => {
    const all = Array.from({ length: 1_030 }, (_, number) => found(number));
    for (let from = 0; from < all.length; from += 50)
      await client.reportMismatches({ mismatches: all.slice(from, from + 50) });
    const kept: string[] = [];
    for (let token: string | undefined; token !== '';) {
      const { mismatches, nextPageToken } = await list(token);
      kept.push(...mismatches.map(({ request }) => request?.path ?? ''));
      token = nextPageToken;
    }
    expect(kept).toEqual(
      all
        .slice(30)
        .map(({ request }) => request.path)
        .reverse(),
    );
  });

  test('counts of several gateways are summed, and a repeated or late report counts nothing twice', async () => {
    const counts = (match: bigint) => ({ match, mismatch: 1n, lag: 2n, inconclusive: 3n });
    const [one, other] = [randomUUID(), randomUUID()];
    for (const [reporter, match] of [
      [one, 10n],
      [other, 100n],
      [one, 20n],
      [one, 20n],
      [one, 15n],
    ] as const)
      await client.reportShadow({ ...catalog, reporter, counts: counts(match) });
    const { capabilities } = await client.listShadowCounts({});
    expect(capabilities).toMatchObject([
      { ...catalog, counts: { match: 120n, mismatch: 2n, lag: 4n, inconclusive: 6n } },
    ]);
  });
});
