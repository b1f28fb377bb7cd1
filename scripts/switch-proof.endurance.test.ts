import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '#platform/testing/until.ts';
import { asReplication } from '../strangler/ownership/testing.ts';
import type { DiffResult } from '../strangler/ownership/diff/diff.ts';
import { openMovesPlace, type MovesPlace } from './testing-verbs.ts';

let here: MovesPlace;

beforeAll(async () => {
  here = await openMovesPlace();
  await here.pair.sql(
    'monolith',
    `INSERT INTO catalog.categories VALUES ('c', 'C');
     INSERT INTO catalog.stock_by_region SELECT 'eu', i, i FROM generate_series(1, 3000) AS i`,
  );
});
afterAll(() => here.close());

test('before anything is replicated it says in one line what to do', async () => {
  expect(await here.doSwitch('diff', 'catalog')).toEqual({
    code: 1,
    output: 'npm run switch: catalog is not replicated: npm run switch -- replicate catalog\n',
  });
  expect((await here.doSwitch('diff', 'wishes')).output).toBe(
    'npm run switch: there is no capability wishes: catalog\n',
  );
  expect((await here.doSwitch('replicate', 'catalog')).code).toBe(0);
});

test('equal sides are said to be equal', async () => {
  const { code, output } = await here.doSwitch('diff', 'catalog');
  expect(output).toMatch(
    /^catalog: the monolith owns; 3,001 rows of 7 tables compared in \d+\.\d s: 0 rows differ\n$/,
  );
  expect(code).toBe(0);
});

test('what differs is told by key and column, and is gone once it was repaired', async () => {
  await asReplication(
    here.pair,
    'service',
    `UPDATE catalog.categories SET name = 'Other'; DELETE FROM catalog.stock_eu WHERE sku = 7;
     INSERT INTO catalog.stock_eu SELECT 'eu', 5000 + i, 1 FROM generate_series(1, 25) AS i`,
  );
  const { code, output } = await here.doSwitch('diff', 'catalog');
  const lines = output.trimEnd().split('\n');
  expect(lines).toHaveLength(20 + 3);
  expect(lines[0]).toBe('categories slug=c: name is C at the monolith, Other at the service');
  expect(lines).toContain('stock_eu region=eu sku=7: missing at the service');
  expect(lines).toContain('stock_eu region=eu sku=5001: at the service, and not at the monolith');
  expect(lines.slice(-3)).toEqual([
    '… and 7 more',
    expect.stringMatching(/^catalog: the monolith owns; 3,001 rows .*: 27 rows differ$/),
    "npm run switch -- diff catalog --repair makes the service's rows as the monolith has them",
  ]);
  expect(code).toBe(1);

  const repaired = await here.doSwitch('diff', 'catalog', '--repair', '--json');
  const result = JSON.parse(repaired.output) as DiffResult & { same: boolean };
  expect(result).toMatchObject({ owner: 'monolith', same: true, streams: [] });
  expect(result.differences).toHaveLength(27);
  expect(repaired.code).toBe(0);
  expect((await here.doSwitch('diff', 'catalog')).output).toMatch(/: 0 rows differ\n$/);
});

test('one that is killed goes on where it was, and leaves no file behind when it is done', async () => {
  await asReplication(here.pair, 'service', `UPDATE catalog.categories SET name = 'Other'`);
  const file = join(here.folder, 'diff-catalog.json');
  const killed = here.begin('diff', 'catalog', '--chunk-rows', '1');
  await until(() => existsSync(file));
  process.kill(killed.pid, 'SIGKILL');
  await killed.ended;
  expect(existsSync(file)).toBe(true);
  await asReplication(here.pair, 'service', `UPDATE catalog.categories SET name = 'C'`);
  // What it had found by then stays told: nobody looks there again.
  const { code, output } = await here.doSwitch('diff', 'catalog', '--chunk-rows', '1000');
  expect(output).toContain('categories slug=c: name is C at the monolith, Other at the service');
  expect(code).toBe(1);
  expect(existsSync(file)).toBe(false);
  expect(await here.doSwitch('diff', 'catalog')).toMatchObject({ code: 0 });
});

test('Ctrl-C ends it in one line, and the same command goes on', async () => {
  const running = here.begin('diff', 'catalog', '--chunk-rows', '1');
  await until(() => existsSync(join(here.folder, 'diff-catalog.json')));
  process.kill(running.pid, 'SIGINT');
  expect(await running.ended).toEqual({
    code: 1,
    output: 'npm run switch: interrupted: npm run switch -- diff catalog goes on from here\n',
  });
  expect(await here.doSwitch('diff', 'catalog', '--restart')).toMatchObject({ code: 0 });
});

test('a stream that does not run makes it fail, though the rows are equal', async () => {
  const [stream] = await here.pair.sql<{ name: string }>(
    'monolith',
    `SELECT subname AS name FROM pg_subscription
     WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  );
  await here.pair.sql('monolith', `ALTER SUBSCRIPTION ${stream?.name ?? ''} DISABLE`);
  const { code, output } = await here.doSwitch('diff', 'catalog');
  expect(output).toMatch(
    /^! what the service writes does not arrive at the monolith: npm run switch -- status catalog\ncatalog: .*: 0 rows differ\n$/,
  );
  expect(code).toBe(1);
  await here.pair.sql('monolith', `ALTER SUBSCRIPTION ${stream?.name ?? ''} ENABLE`);
});

test('the doctor of what is well says so, and the one of a move that was killed says what to do, and does it', async () => {
  expect(await here.doSwitch('doctor', 'catalog')).toEqual({
    code: 0,
    output: 'catalog: nothing is wrong\n',
  });
  await here.killAt('move.drained', 'writes', 'catalog', 'service');
  expect(await here.doSwitch('doctor', 'catalog')).toEqual({
    code: 1,
    output:
      '✗ drained: nobody can write: the monolith is drained towards the service, and whoever began that is gone\n' +
      '    npm run switch -- writes catalog service begins it anew, npm run switch -- writes catalog monolith takes it back, as --repair does\n',
  });
  const { code, output } = await here.doSwitch('doctor', 'catalog', '--repair');
  expect(output.split('\n').slice(2)).toEqual([
    '✓ the drain was taken back: the monolith writes again',
    'catalog: nothing is wrong any more',
    '',
  ]);
  expect(code).toBe(0);
  // It gives the right back, as writes does, and is told where that is.
  expect((await here.steps()).at(-1)).toMatchObject({
    step: 'abort',
    after: { owner: 'monolith', state: 'ACTIVE' },
  });
});

test('what cannot be taken back is done only for the very sentence', async () => {
  expect(await here.doSwitch('doctor', 'catalog', '--discard')).toEqual({
    code: 1,
    output: 'npm run switch: nothing was written past a fence of catalog: there is nothing to throw away\n',
  });
  for (const words of [[], ['--confirm', 'yes']])
    expect(await here.doSwitch('doctor', 'catalog', '--adopt', 'service', ...words)).toEqual({
      code: 1,
      output:
        "npm run switch: this cannot be taken back. To confirm it: --confirm 'adopt catalog at the service'\n",
    });
  expect(
    await here.doSwitch(
      'doctor',
      'catalog',
      '--adopt',
      'service',
      '--confirm',
      'adopt catalog at the service',
    ),
  ).toEqual({
    code: 1,
    output: 'npm run switch: there is nothing to adopt: the service is itself, and its owner is there\n',
  });
  expect((await here.doSwitch('doctor', 'catalog', '--json')).output).toBe(
    '{"capability":"catalog","found":[],"done":[],"left":[]}\n',
  );
});
