import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { startChild, type Child } from '#platform/children.ts';
import type { TestDatabase } from '#platform/testing/test-database.ts';
import { until } from '#platform/testing/until.ts';
import { startMonolith } from '../gateway/testing.ts';
import { replicate } from '../ownership/replicate.ts';
import type { SwitchClient } from '../switch/client.ts';
import {
  change,
  closeDatabase,
  connectSwitch,
  createSides,
  newTestDatabase,
  startSwitch,
  type SwitchProcess,
  type TestSides,
} from '../switch/testing.ts';
import { planOf } from './plan.ts';
import { watchPlans } from './watch-plans.ts';

let sides: TestSides;
let testDatabase: TestDatabase;
let folder: string;
const releases: (() => unknown)[] = [];

/** What is replicated is the same for every test; plans and processes are each test's own. */
beforeAll(async () => {
  sides = await createSides();
  await replicate(sides.replica);
});
afterAll(() => sides.drop());
beforeEach(async () => {
  testDatabase = await newTestDatabase();
  folder = mkdtempSync(join(tmpdir(), 'shop-plans-'));
});
afterEach(async () => {
  for (const release of releases.splice(0).reverse()) await release();
  await testDatabase.drop();
  rmSync(folder, { recursive: true });
});

async function runSwitch(port = 0): Promise<SwitchProcess> {
  const child = await startSwitch(sides, testDatabase, port);
  releases.push(() => child.stop());
  return child;
}

async function kill(child: Child): Promise<void> {
  process.kill(child.pid, 'SIGKILL');
  await child.ended;
}

function client(address: string): SwitchClient {
  const connected = connectSwitch(address);
  releases.push(() => connected.close());
  return connected;
}

/** Sets the share of customers, and says the plan's new version. */
async function setReads(to: SwitchClient, servicePercent: number): Promise<number> {
  const { plan } = await to.getPlan({ capability: 'catalog' });
  const answer = await to.setPlan(change({ servicePercent, version: plan?.version ?? 0n }));
  return Number(answer.plan?.version);
}

const file = () => join(folder, 'gateway-plans.json');

function watch(address: string, options: { file?: string; silenceMs?: number } = {}) {
  const lines: string[] = [];
  const sink = new Writable({
    write(line: Buffer, _encoding, done) {
      lines.push((JSON.parse(line.toString()) as { msg: string }).msg);
      done();
    },
  });
  const source = watchPlans({ address, file: file(), log: pino({ level: 'info' }, sink), ...options });
  const stop = () => source.stop();
  releases.push(stop);
  return {
    lines,
    stop,
    version: () => planOf(source.current(), 'catalog').version,
    plan: () => planOf(source.current(), 'catalog'),
  };
}

/** In front of a port, and able to do what a network does that has lost the other end: nothing. */
async function startRelay(port: number) {
  const sockets: Socket[] = [];
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const socket of [near, far]) socket.on('error', () => undefined);
    near.pipe(far).pipe(near);
    sockets.push(near, far);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  releases.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: () => sockets.length / 2,
    /** What is connected by now stays so, and carries nothing any more. */
    freeze() {
      for (const socket of sockets) socket.unpipe().pause();
    },
  };
}

async function startGateway(
  address: string,
  monolithUrl: string,
): Promise<Child & { version(): Promise<number> }> {
  const child = await startChild('gateway', 'strangler/gateway/main.ts', {
    GATEWAY_PORT: '0',
    GATEWAY_MONOLITH_URL: monolithUrl,
    GATEWAY_SWITCH_ADDRESS: address,
    SHOP_DATA_DIR: folder,
    SHOP_LOG_LEVEL: 'error',
    SHOP_DRAIN_MS: '0',
  });
  releases.push(() => child.stop());
  return {
    ...child,
    async version() {
      const page = await (await fetch(`http://127.0.0.1:${child.port}/metrics`)).text();
      return Number(/^gateway_plan_version\{capability="catalog",.*\} (\d+)$/m.exec(page)?.[1] ?? -1);
    },
  };
}

test('a plan takes effect in every gateway at once, outlives the switch, and is there after a restart without it', async () => {
  await using monolith = await startMonolith();
  const control = await runSwitch();
  const operator = client(control.address);
  const gateways = await Promise.all([1, 2].map(() => startGateway(control.address, monolith.url)));
  await until(async () => (await gateways[0]?.version()) === 0 && (await gateways[1]?.version()) === 0);

  for (const percent of [1, 25, 0, 100]) {
    const version = await setReads(operator, percent);
    const answered = performance.now();
    for (const gateway of gateways) await until(async () => (await gateway.version()) === version);
    expect(performance.now() - answered).toBeLessThan(5_000);
  }

  await until(() => readFileSync(file(), 'utf8').includes('"version": 4'));
  await kill(control);
  await closeDatabase(testDatabase);
  const [first, second] = gateways;
  if (first === undefined || second === undefined) throw new Error('two gateways were started');
  await kill(first);
  const restarted = await startGateway(control.address, monolith.url);
  for (const gateway of [second, restarted]) {
    expect(await gateway.version()).toBe(4);
    expect(await (await fetch(`http://127.0.0.1:${gateway.port}/products`)).text()).toBe('done');
  }
});

test('a switch that comes back is followed again, with the plans that it had', async () => {
  const control = await runSwitch();
  const watcher = watch(control.address);
  await setReads(client(control.address), 25);
  await until(() => watcher.version() === 1);
  await kill(control);
  await until(() => watcher.lines.some((line) => line.includes('does not speak')));
  expect(watcher.plan().reads.servicePercent).toBe(25);

  const again = await runSwitch(control.port);
  // Both go by the connection of one process to one address: gRPC has tried it until the watcher is answered again.
  await until(() => watcher.lines.filter((line) => line.includes('is followed')).length === 2);
  const { entries } = await client(again.address).listAuditEntries({
    capability: undefined,
    pageSize: 0,
    pageToken: '',
  });
  expect(entries).toMatchObject([{ who: 'ada', after: { version: 1n } }]);
  const newcomer = watch(again.address, { file: join(folder, 'of-a-newcomer.json') });
  await until(() => newcomer.lines.length > 0);
  expect(newcomer.version()).toBe(1);
  await setReads(client(again.address), 50);
  await until(() => watcher.version() === 2);
  // However often it was tried meanwhile.
  expect(watcher.lines.filter((line) => line.includes('does not speak'))).toHaveLength(1);
});

test('a connection that carries nothing any more is noticed, and replaced', async () => {
  const control = await runSwitch();
  const relay = await startRelay(control.port);
  const watcher = watch(relay.address, { silenceMs: 2_500 });
  const operator = client(control.address);
  await setReads(operator, 10);
  await until(() => watcher.version() === 1);
  relay.freeze();
  const frozen = performance.now();
  await setReads(operator, 20);
  await until(() => watcher.version() === 2);
  // gRPC itself would notice after 25 seconds.
  expect(performance.now() - frozen).toBeLessThan(15_000);
  expect(relay.connections()).toBe(2);
});

test('while nothing changes the connection is kept', async () => {
  const control = await runSwitch();
  const relay = await startRelay(control.port);
  const watcher = watch(relay.address, { silenceMs: 2_500 });
  await until(() => watcher.lines.length > 0);
  await new Promise((resolve) => setTimeout(resolve, 4_000));
  expect(relay.connections()).toBe(1);
  expect(watcher.lines.filter((line) => line.includes('does not speak'))).toEqual([]);
});

test('watchers are told of the plans while the database of the switch is away', async () => {
  const control = await runSwitch();
  await setReads(client(control.address), 25);
  await closeDatabase(testDatabase);
  const watcher = watch(control.address);
  await until(() => watcher.version() === 1);
  await expect(setReads(client(control.address), 30)).rejects.toMatchObject({ kind: 'unavailable' });
});

describe('the saved plans', () => {
  const NOBODY = '127.0.0.1:1';

  test('are the last ones, whole, and nothing is left beside them', async () => {
    const control = await runSwitch();
    const watchers = [watch(control.address), watch(control.address)];
    const operator = client(control.address);
    for (let percent = 1; percent <= 10; percent += 1) await setReads(operator, percent);
    await until(() => watchers.every((watcher) => watcher.version() === 10));
    await Promise.all(watchers.map((watcher) => watcher.stop()));
    expect(readdirSync(folder)).toEqual(['gateway-plans.json']);
    const alone = watch(NOBODY);
    expect(alone.plan()).toEqual({
      capability: 'catalog',
      reads: { servicePercent: 10, shadowPercent: 0 },
      phase: 'canary',
      version: 10,
    });
  });

  test.each([
    ['half of a file', '{"plans":[{"capability":"cata'],
    ['another shape', '{"plans":{}}'],
    [
      'a percentage that is none',
      JSON.stringify({ plans: [{ capability: 'catalog', reads: { servicePercent: 1e9 } }] }),
    ],
    ['nothing at all', ''],
  ])('count as none where the file has %s, with a warning', (_what, text) => {
    writeFileSync(file(), text);
    const watcher = watch(NOBODY);
    expect(watcher.plan()).toMatchObject({ reads: { servicePercent: 0, shadowPercent: 0 }, version: 0 });
    expect(watcher.lines[0]).toMatch(/gateway-plans.json cannot be read: everything goes to the monolith$/);
  });

  test('are replaced by what the switch says, even by an older version', async () => {
    const saved = { servicePercent: 70, shadowPercent: 0 };
    const plan = { capability: 'catalog', reads: saved, phase: 'canary', version: 70 };
    writeFileSync(file(), JSON.stringify({ plans: [plan] }));
    const control = await runSwitch();
    const watcher = watch(control.address);
    expect(watcher.version()).toBe(70);
    await until(() => watcher.version() === 0);
    await watcher.stop();
    expect(readFileSync(file(), 'utf8')).toMatch(/"version": 0/);
  });

  test('that cannot be written are no reason to ignore the switch', async () => {
    const control = await runSwitch();
    const watcher = watch(control.address, { file: join('/dev/null', 'plans.json') });
    await setReads(client(control.address), 5);
    await until(() => watcher.version() === 1);
    expect(watcher.lines.some((line) => line.includes('cannot be saved'))).toBe(true);
  });
});
