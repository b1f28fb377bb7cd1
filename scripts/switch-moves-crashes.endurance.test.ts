import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { projectRoot } from '#platform/paths.ts';
import { until } from '#platform/testing/until.ts';
import { startTraffic, type Traffic } from '../strangler/ownership/testing-traffic.ts';
import { createWriters, type Writers } from '../strangler/ownership/testing-writers.ts';
import { openMovesPlace, type MovesPlace } from './testing-verbs.ts';

const folder = join(projectRoot, 'strangler/ownership');
const failpoints = readdirSync(folder)
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
  .flatMap((path) => [
    ...readFileSync(join(folder, path), 'utf8').matchAll(/\bfailpoint\('(move\.[^']+)'\)/g),
  ])
  .map(([, name = '']) => name);
/** Reached only where something was aborted. */
const reached = failpoints.filter((name) => name !== 'move.aborted');
const other = (side: string) => (side === 'monolith' ? 'service' : 'monolith');

let here: MovesPlace;
let writers: Writers;
let traffic: Traffic;

beforeAll(async () => {
  here = await openMovesPlace();
  writers = await createWriters(here.pair);
  await here.pair.sql(
    'monolith',
    `INSERT INTO catalog.categories VALUES ('c', 'C');
     INSERT INTO catalog.products (id, name, description, category_slug, price) VALUES (gen_random_uuid(), 'Kettle 1', '', 'c', 1)`,
  );
  await here.doSwitch('replicate', 'catalog');
  traffic = await startTraffic(writers, 2);
});
afterAll(async () => {
  await traffic.stop();
  await writers.drop();
  await here.close();
});

async function ownerNow(): Promise<string> {
  const rows = [await here.rowAt('monolith'), await here.rowAt('service')].map((row = '') => row.split(' '));
  const [newest] = rows.toSorted(([one], [two]) => Number(two) - Number(one));
  return newest?.[2] ?? '';
}
async function writing(): Promise<void> {
  const before = traffic.acknowledged().length;
  await until(async () => traffic.acknowledged().length > before + 5);
}
const status = async () => (await here.doSwitch('status', 'catalog')).output;

test('the source names its failpoints', () => {
  expect(failpoints).toContain('move.aborted');
  expect(reached.length).toBeGreaterThanOrEqual(6);
});

test.each(reached)('the command that was killed at %s gets there when it is run again', async (failpoint) => {
  const target = other(await ownerNow());
  await here.killAt(failpoint, 'writes', 'catalog', target);
  const again = await here.doSwitch('writes', 'catalog', target);
  expect(again).toMatchObject({ code: 0, output: expect.stringContaining(`${target} owns`) as string });
  await writing();
  expect(await status()).toMatch(/no problem is known/);
});

test.each(reached)('the command that was killed at %s is taken back by its opposite', async (failpoint) => {
  const before = await ownerNow();
  await here.killAt(failpoint, 'writes', 'catalog', other(before));
  const back = await here.doSwitch('writes', 'catalog', before);
  expect(back).toMatchObject({
    code: 0,
    output: expect.stringContaining(`catalog: ${before} owns`) as string,
  });
  await writing();
  expect(await ownerNow()).toBe(before);
});

test.each(['move.drained', 'move.confirmed'])(
  'what was killed at %s leaves nobody who can write: the status says what to do, stop and replicate keep away',
  async (failpoint) => {
    expect(await ownerNow()).toBe('monolith');
    await here.killAt(failpoint, 'writes', 'catalog', 'service');
    expect(await status()).toMatch(/! nobody can write: catalog is drained towards the service\. /);
    for (const verb of ['stop', 'replicate'])
      expect(await here.doSwitch(verb, 'catalog')).toMatchObject({
        code: 1,
        output: expect.stringMatching(
          /catalog is just being handed over .*: npm run switch -- writes catalog monolith/,
        ) as string,
      });
    expect(await here.doSwitch('plan', 'catalog')).toMatchObject({ code: 0 });
    expect((await here.doSwitch('writes', 'catalog', 'monolith')).output).toMatch(/taken back\n$/);
    await writing();
  },
);

test('what was killed at move.aborted has taken the drain back already', async () => {
  // What was taken back before has to be applied: it would wait behind the lock, with all that comes after it.
  await until(async () => (await here.rowAt('service')) === (await here.rowAt('monolith')));
  const holder = new Client({ connectionString: here.pair.urls.service });
  await holder.connect();
  // The service's apply waits for this row, so the drain is not confirmed in time.
  await holder.query('BEGIN; SELECT FROM catalog.ownership FOR UPDATE');
  await here.killAt('move.aborted', 'writes', 'catalog', 'service').finally(() => holder.end());
  expect(await here.rowAt('monolith')).toMatch(/monolith ACTIVE$/);
  await writing();
  expect(await here.doSwitch('writes', 'catalog', 'service')).toMatchObject({ code: 0 });
  await writing();
});

test('after all of it nothing that was acknowledged is lost or doubled', async () => {
  await traffic.stop();
  expect(await here.doSwitch('writes', 'catalog', 'monolith')).toMatchObject({ code: 0 });
  const numbersAt = async (side: 'monolith' | 'service') =>
    (await here.pair.sql<{ number: number }>(side, 'SELECT number FROM catalog.notes ORDER BY 1')).map(
      ({ number }) => number,
    );
  expect(await numbersAt('monolith')).toEqual(traffic.acknowledged().toSorted((one, two) => one - two));
  expect(await numbersAt('service')).toEqual(await numbersAt('monolith'));
  expect(traffic.failures()).toEqual([]);
});
