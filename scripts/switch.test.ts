import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { databaseUrl, withClient } from '#platform/postgres/owners.ts';
import { prepareOwner } from '#platform/postgres/prepare-owner.ts';
import { openServer, type Server } from '#platform/postgres/server.ts';
import { startChild, type Child } from '#platform/children.ts';
import { projectRoot } from '#platform/paths.ts';
import { openSecrets } from '#platform/secrets.ts';
import type { Status } from '../strangler/ownership/status.ts';
import { newPlace, run, type Place } from './testing.ts';

const schema = readFileSync(join(projectRoot, 'strangler/ownership/testing-schema.sql'), 'utf8');

let place: Place;
let server: Server;

/** A server where the commands look for it: the shop's databases, with a schema of the tests. */
beforeAll(async () => {
  place = await newPlace();
  mkdirSync(place.folder, { recursive: true });
  server = await openServer({ folder: place.folder, secrets: openSecrets(place.folder), disposable: true });
});
afterAll(async () => {
  await server.stop();
  place.remove();
});

const doSwitch = (...words: string[]) => run('switch', place.environment, ...words);
const sqlAt = (owner: string, text: string) =>
  withClient(
    databaseUrl(server.adminUrl, `shop_${owner}`),
    async (client) => (await client.query<{ n: number }>(text)).rows,
  );
const noSwitch = () =>
  `the switch does not answer at 127.0.0.1:${place.environment['SWITCH_PORT']}: npm start runs it, and starts it again when it dies`;
const statusOf = async () => {
  const { output } = await doSwitch('status', '--json');
  return (JSON.parse(output) as { capabilities: Status[] }).capabilities[0];
};

test('without a shop every verb says so in one line', async () => {
  expect(await doSwitch('status')).toEqual({
    code: 1,
    output: 'npm run switch: there is no shop yet: npm start\n',
  });
});

test('the way there and back, told by the status', async () => {
  await withClient(server.adminUrl, (admin) => admin.query('CREATE DATABASE shop_monolith'));
  await sqlAt(
    'monolith',
    `${schema}; INSERT INTO catalog.categories SELECT i, i FROM generate_series(1, 100) AS i`,
  );
  expect(await doSwitch('replicate', 'catalog')).toEqual({
    code: 1,
    output: 'npm run switch: the service has no database shop_catalog: npm start makes it\n',
  });

  await withClient(server.adminUrl, (admin) => admin.query('CREATE DATABASE shop_catalog'));
  await sqlAt('catalog', schema);
  expect(await doSwitch('status')).toEqual({ code: 0, output: `catalog: monolith\n! ${noSwitch()}\n` });

  const replicated = await doSwitch('replicate', 'catalog');
  expect(replicated.output).toMatch(
    /^catalog is replicated: 7 tables, in \d+\.\d s; a heartbeat took \d+ ms to the service, \d+ ms to the monolith\n$/,
  );
  expect(replicated.code).toBe(0);
  expect(await sqlAt('catalog', 'SELECT count(*)::int AS n FROM catalog.categories')).toEqual([{ n: 100 }]);
  expect(await statusOf()).toMatchObject({ capability: 'catalog', phase: 'replicating', problems: [] });

  const again = await doSwitch('replicate', 'catalog', '--json');
  expect(JSON.parse(again.output)).toMatchObject({ capability: 'catalog', advice: [], heartbeatMs: {} });

  const stopped = await doSwitch('stop', 'catalog', '--empty-service');
  expect(stopped.output).toMatch(/^removed subscription .*catalog is not replicated any more\n$/s);
  expect(stopped.code).toBe(0);
  expect(await sqlAt('catalog', 'SELECT count(*)::int AS n FROM catalog.categories')).toEqual([{ n: 0 }]);
  expect(await statusOf()).toMatchObject({ phase: 'monolith' });
  expect((await doSwitch('stop', 'catalog')).output).toBe('catalog is not replicated, and was not before\n');
});

test.each([
  [['reads', 'catalog', '10']],
  [['shadow', 'catalog', '10']],
  [['mismatches', 'catalog']],
  [['audit']],
])('%j says in one line that the switch does not run', async (words) => {
  expect(await doSwitch(...words)).toEqual({ code: 1, output: `npm run switch: ${noSwitch()}\n` });
});

describe('with the switch', () => {
  let control: Child;

  beforeAll(async () => {
    const { appUrl } = await prepareOwner(server.adminUrl, 'shop', 'switch', () => 'pw');
    control = await startChild('switch', 'strangler/switch/main.ts', {
      ...place.environment,
      SWITCH_METRICS_PORT: '0',
      SWITCH_DATABASE_URL: appUrl,
      SWITCH_SERVER_URL: server.adminUrl,
      SHOP_LOG_LEVEL: 'error',
    });
  });
  afterAll(() => control.stop());

  test('reads and shadow change the plan, the status and the audit log show it, and a stop is refused', async () => {
    expect(await doSwitch('reads', 'catalog', '25')).toEqual({
      code: 1,
      output: 'npm run switch: catalog is not replicated: npm run switch -- replicate catalog\n',
    });
    await doSwitch('replicate', 'catalog');
    expect(await doSwitch('reads', 'catalog', '25')).toEqual({
      code: 0,
      output: 'catalog: canary, 25 % of reads at the service, 0 % shadowed (plan version 1)\n',
    });
    const shadowed = await doSwitch('shadow', 'catalog', '10', '--json', '--if-version', '1');
    const plan = {
      capability: 'catalog',
      reads: { servicePercent: 25, shadowPercent: 10 },
      phase: 'canary',
      version: 2,
    };
    expect(JSON.parse(shadowed.output)).toEqual(plan);
    expect(await doSwitch('reads', 'catalog', '30', '--if-version', '1')).toEqual({
      code: 1,
      output:
        'npm run switch: Somebody else has changed the plan of catalog meanwhile: it is version 2 by now, ' +
        '25 % of reads at the service, 10 % shadowed. Look, and decide again: npm run switch -- status catalog\n',
    });

    expect(await statusOf()).toMatchObject({ phase: 'canary', plan, shadow: null, problems: [] });
    const status = await doSwitch('status');
    expect(status.output).toMatch(
      /^catalog: canary\n {2}plan {6}25 % of reads at the service, 10 % shadowed \(plan version 2\)\n {2}writes {4}monolith owns, epoch 1, attempt 0, ACTIVE\n {2}monolith /,
    );
    const audit = await doSwitch('audit', 'catalog');
    expect(audit.output).toMatch(
      /^\S+Z \S+ reads catalog: service 0 → 25 %, shadow 0 %, version 1\n\S+Z \S+ shadow catalog: service 25 %, shadow 0 → 10 %, version 2\n$/,
    );
    const last = await doSwitch('audit', '--limit', '1', '--json');
    expect(JSON.parse(last.output)).toMatchObject({ entries: [{ verb: 'shadow', after: plan }] });
    expect((await doSwitch('mismatches', 'catalog')).output).toBe(
      'no mismatch of catalog is known\ninconclusive: only 0 answers compared, and 300 are needed to judge\n',
    );
    expect(JSON.parse((await doSwitch('mismatches', 'catalog', '--json')).output)).toEqual({
      capability: 'catalog',
      verdict: 'inconclusive',
      counts: { match: 0, mismatch: 0, lag: 0, inconclusive: 0 },
      mismatches: [],
    });
    expect(await doSwitch('stop', 'catalog')).toMatchObject({ code: 1 });
  });

  test('a stop is refused by the plan in the database while the switch is dead, and goes through afterwards', async () => {
    process.kill(control.pid, 'SIGKILL');
    await control.ended;
    for (const words of [
      ['stop', 'catalog'],
      ['stop', 'catalog', '--empty-service'],
    ])
      expect(await doSwitch(...words)).toEqual({
        code: 1,
        output:
          'npm run switch: the service of catalog is in use, 25 % of reads and 10 % shadowed: ' +
          'npm run switch -- reads catalog 0 and npm run switch -- shadow catalog 0 first\n',
      });
    const status = await doSwitch('status');
    expect(status.output).toMatch(/^catalog: canary\n {2}plan {6}25 % .*\n! the switch does not answer/s);
    await sqlAt('switch', 'UPDATE switch.plans SET service_percent = 0, shadow_percent = 0');
    expect(await doSwitch('stop', 'catalog')).toMatchObject({ code: 0 });
  });
});

test('a stop that leaves something behind says what, and fails', async () => {
  await doSwitch('replicate', 'catalog');
  await withClient(server.adminUrl, (admin) =>
    admin.query('ALTER DATABASE shop_catalog ALLOW_CONNECTIONS false'),
  );
  const { code, output } = await doSwitch('stop', 'catalog');
  expect(code).toBe(1);
  expect(output).toMatch(/^left at the service, for .*DROP SUBSCRIPTION/ms);
});

test.each([
  [['replicate', 'teleport'], /^npm run switch: there is no capability teleport: catalog$/],
  [['reads', 'teleport', '1'], /^npm run switch: there is no capability teleport: catalog$/],
  [['audit', 'teleport'], /^npm run switch: there is no capability teleport: catalog$/],
  [['reads', 'catalog', '101'], /^error: .*'101' is invalid .* It must be a whole number from 0 to 100\.$/],
  [['shadow', 'catalog', '2.5'], /^error: .*'2\.5' is invalid .* It must be a whole number from 0 to 100\.$/],
  [
    ['reads', 'catalog', '--', '-1'],
    /^error: .*'-1' is invalid .* It must be a whole number from 0 to 100\.$/,
  ],
  [['reads', 'catalog'], /^error: missing required argument 'percent'$/],
  [['replicate'], /^error: missing required argument 'capability'$/],
  [['fly'], /^error: unknown command 'fly'/],
])('%j ends in one line, with code 1', async (words, line) => {
  const { code, output } = await doSwitch(...words);
  expect(output.trim()).toMatch(line);
  expect(code).toBe(1);
});

test('--help names every verb and every capability', async () => {
  const { code, output } = await doSwitch('--help');
  expect(code).toBe(0);
  expect(output).toMatch(/replicate.*stop.*status.*shadow.*reads.*mismatches.*audit.*Capabilities: catalog/s);
});
