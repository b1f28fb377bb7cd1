import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { databaseUrl, withClient } from '#platform/postgres/owners.ts';
import { openServer, type Server } from '#platform/postgres/server.ts';
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
  expect(await doSwitch('status')).toEqual({ code: 0, output: 'catalog: monolith\n' });

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
  expect(output).toMatch(/replicate.*stop.*status.*Capabilities: catalog/s);
});
