// A capability that moves by itself, in a whole shop under load: a good service gets there, a bad one comes back, whatever
// is bad about it; and a run that is killed goes on where it was.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { pino } from 'pino';
import { childEnvironment } from '#platform/config.ts';
import { projectRoot } from '#platform/paths.ts';
import { databaseUrl, withClient } from '#platform/postgres/owners.ts';
import { openServer } from '#platform/postgres/server.ts';
import { openSecrets } from '#platform/secrets.ts';
import { until } from '#platform/testing/until.ts';
import { run, shopsOfEachTest, type Place, type RunningShop } from './testing.ts';

const { place, start } = shopsOfEachTest();

const PRODUCTS = 1_000;
const DEADLINE_MS = 600_000;
/** Less of everything than is the default: each step is left after seconds. */
const BOUNDS = ['--compared', '1000', '--requests', '10', '--step', '5', '--soak', '5', '--shadow', '100'];

interface Result {
  readonly ended: string;
  readonly reason: string;
  readonly actions: readonly { readonly atMs: number; readonly action: Record<string, unknown> }[];
}

let load: ChildProcess | undefined;
afterEach(async () => {
  const ended = load && once(load, 'close');
  load?.kill('SIGINT');
  await ended;
  load = undefined;
});

/** Visitors and customers; many, so that one of a hundred is somebody. */
async function openShop(faults: Readonly<Record<string, string>> = {}): Promise<Place> {
  const made = await place();
  const here = { ...made, environment: { ...made.environment, ...faults } };
  const shop: RunningShop = await start(here, '--products', String(PRODUCTS));
  const words = ['--rate', '60', '--customers', '400', '--admin', '2', '--warmup', '0', '--duration', '3600'];
  load = spawn(process.execPath, ['scripts/load.ts', '--url', shop.shop, '--json', ...words], {
    cwd: projectRoot,
    env: childEnvironment({}),
    stdio: 'ignore',
  });
  return here;
}

async function auto(here: Place, settings: Readonly<Record<string, string>> = {}, ...words: string[]) {
  const { code, output } = await run(
    'switch',
    { ...here.environment, ...settings },
    ...['auto', 'catalog', '--json', ...BOUNDS, ...words],
  );
  const line = output.split('\n').find((each) => each.startsWith('{"capability"'));
  if (line === undefined) return { code, output, result: undefined };
  return { code, output, result: JSON.parse(line) as Result };
}

const doneIn = ({ actions }: Result) =>
  actions
    .filter(({ action }) => action['do'] !== 'wait')
    .map(({ action: { do: done, ...words } }) => [done, ...Object.values(words)].join(' '));

async function standing(here: Place) {
  const { output } = await run('switch', here.environment, 'status', 'catalog', '--json');
  const { capabilities } = JSON.parse(output) as {
    capabilities: readonly { phase: string; right: { owner: string }; plan: { reads: object } }[];
  };
  return { owner: capabilities[0]?.right.owner, ...capabilities[0]?.plan.reads };
}
const AT_THE_MONOLITH = { owner: 'monolith', servicePercent: 0, shadowPercent: 0 };

/** From when customers were first sent to the service, or compared with it, until a gate failed. */
function detectionSeconds({ actions }: Result): number {
  const at = (done: string) => actions.find(({ action }) => action['do'] === done)?.atMs ?? Number.NaN;
  return (at('fail') - at('shadow')) / 1_000;
}

const log = pino();

test(
  'a good service gets there step by step, and owns in the end',
  async () => {
    const here = await openShop();
    const { code, result } = await auto(here);
    expect({ code, reason: result?.reason }).toMatchObject({ code: 0 });
    expect(result && doneIn(result)).toEqual([
      ...['replicate', 'diff', 'shadow 100', 'reads 1', 'reads 5', 'reads 25', 'reads 50', 'reads 100'],
      ...['shadow 0', 'writes service', 'end moved the service has owned it for 5 s'],
    ]);
    expect(await standing(here)).toMatchObject({ owner: 'service', servicePercent: 100 });
  },
  DEADLINE_MS,
);

test.each<[string, Readonly<Record<string, string>>, RegExp]>([
  ['50 ms slower', { SHOP_FAULTS_DELAY_MS: '50' }, /^p\d\d of the service: [\d.]+ ms \(bound [\d.]+ ms\)$/],
  [
    'wrong in one of a hundred calls',
    { SHOP_FAULTS_ERRORS: '10' },
    /^errors of the service: [\d.]+ % \(bound [\d.]+ % of its reads\)$/,
  ],
])(
  'a service that is %s is noticed, and everything goes back to the monolith',
  async (what, faults, reason) => {
    const here = await openShop({ SHOP_FAULTS_IN: 'catalog', ...faults });
    const { code, output, result } = await auto(here);
    expect({ code, output, result }).toMatchObject({ code: 1, result: { ended: 'rolled back' } });
    expect(result?.reason).toMatch(reason);
    expect(await standing(here)).toMatchObject(AT_THE_MONOLITH);
    if (result) log.info({ what, reason: result.reason, seconds: detectionSeconds(result) }, 'noticed');
  },
  DEADLINE_MS,
);

/** One product of a thousand has another name at the service, and nobody is told so. */
async function spoilOne(here: Place): Promise<void> {
  const server = await openServer({ folder: here.folder, secrets: openSecrets(here.folder) });
  await withClient(databaseUrl(server.adminUrl, 'shop_catalog'), async (admin) => {
    await admin.query(`
      SET session_replication_role = replica;
      SELECT pg_replication_origin_create('test_spoil');
      SELECT pg_replication_origin_session_setup('test_spoil');
      UPDATE catalog.products SET name = name || ' (spoilt)'
      WHERE id = (SELECT id FROM catalog.products WHERE archived_at IS NULL ORDER BY id DESC LIMIT 1)`);
  });
}

test(
  'a wrong field in one of a thousand products is noticed, and nobody has read from the service yet',
  async () => {
    const here = await openShop();
    await run('switch', here.environment, 'replicate', 'catalog');
    const going = auto(here);
    await until(async () => ((await standing(here)) as { shadowPercent?: number }).shadowPercent === 100);
    await spoilOne(here);
    const { code, result } = await going;
    expect({ code, result }).toMatchObject({ code: 1, result: { ended: 'rolled back' } });
    expect(result?.reason).toMatch(/^answers that differ: \d+ \(bound 0\)$/);
    expect(await standing(here)).toMatchObject(AT_THE_MONOLITH);
    if (result)
      log.info(
        { what: 'a wrong field', reason: result.reason, seconds: detectionSeconds(result) },
        'noticed',
      );
  },
  DEADLINE_MS,
);

test(
  'a run that is killed after any of its acts goes on where it was; one that had to go back goes back',
  async () => {
    const here = await openShop({ SHOP_FAULTS_IN: 'catalog', SHOP_FAULTS_DELAY_MS: '50' });
    // Replicates, and dies; plans the parallel run, and dies; sends somebody to the service, and dies.
    for (let kills = 0; kills < 8; kills += 1) {
      expect((await auto(here, { SHOP_FAILPOINT: 'auto.acted' })).code).toBeNull();
      if (((await standing(here)) as { servicePercent?: number }).servicePercent === 1) break;
    }
    expect(await standing(here)).toMatchObject({ owner: 'monolith', servicePercent: 1 });
    expect((await auto(here, { SHOP_FAILPOINT: 'auto.failed' })).code).toBeNull();
    expect(await standing(here)).toMatchObject({ owner: 'monolith', servicePercent: 1 });
    const { code, result } = await auto(here);
    expect({ code, result }).toMatchObject({ code: 1, result: { ended: 'rolled back' } });
    expect(result && doneIn(result)).toEqual([
      ...['reads 0', 'shadow 0'],
      expect.stringMatching(/^end rolled back p\d\d of the service/),
    ]);
    expect(await standing(here)).toMatchObject(AT_THE_MONOLITH);
  },
  DEADLINE_MS,
);

test('what is wrong is said in one line, with code 1', async () => {
  const here = await place();
  await start(here, '--products', '100');
  expect(await run('switch', here.environment, 'auto', 'catalog', '--ask')).toEqual({
    code: 1,
    output: 'npm run switch: nobody can be asked here: run it at a terminal\n',
  });
  const refused = await run('switch', here.environment, 'auto', 'weather');
  expect(refused.output).toMatch(/^npm run switch: there is no capability weather: catalog\n$/);
  expect(refused.code).toBe(1);
});
