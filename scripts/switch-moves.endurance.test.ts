import { Client } from 'pg';
import { withClient } from '#platform/postgres/owners.ts';
import { until } from '#platform/testing/until.ts';
import { createWriters, type Writers } from '../strangler/ownership/testing-writers.ts';
import { startTraffic } from '../strangler/ownership/testing-traffic.ts';
import { withDatabase } from '../strangler/switch/known-plans.ts';
import { withPlanLock } from '../strangler/switch/plan-lock.ts';
import { openMovesPlace, type MovesPlace } from './testing-verbs.ts';

let here: MovesPlace;
let writers: Writers;

beforeAll(async () => {
  here = await openMovesPlace();
  writers = await createWriters(here.pair);
  await here.pair.sql(
    'monolith',
    `INSERT INTO catalog.categories VALUES ('c', 'C');
     INSERT INTO catalog.products (id, name, description, category_slug, price) VALUES (gen_random_uuid(), 'Kettle 1', '', 'c', 1)`,
  );
});
afterAll(async () => {
  await writers.drop();
  await here.close();
});

const done = { code: 0 };
/** As long as others take to start, on a machine that is busy. */
const PATIENT = ['--patience', '120'];
const STEPS = ['preflight', 'drain', 'confirm', 'grant', 'activate'];
const namesOf = (steps: readonly { step: string }[]) => steps.map(({ step }) => step);
/** A transaction that has passed the fence: it keeps the right from being drained. */
async function keepFromDraining(side: 'monolith' | 'service'): Promise<Client> {
  const client = await writers.connect(side);
  await client.query('BEGIN; DELETE FROM catalog.never_filled');
  return client;
}
const notesAt = async (side: 'monolith' | 'service') =>
  (await here.pair.sql<{ number: number }>(side, 'SELECT number FROM catalog.notes ORDER BY 1')).map(
    ({ number }) => number,
  );
const giveBack = async () => expect(await here.doSwitch('writes', 'catalog', 'monolith')).toMatchObject(done);

test('before anything is replicated both verbs say in one line what to do', async () => {
  for (const words of [
    ['plan', 'catalog'],
    ['writes', 'catalog', 'service'],
    ['writes', 'catalog', 'monolith'],
  ])
    expect(await here.doSwitch(...words)).toEqual({
      code: 1,
      output: 'npm run switch: catalog is not replicated: npm run switch -- replicate catalog\n',
    });
  expect(await here.doSwitch('replicate', 'catalog')).toMatchObject(done);
});

test('a plan shows each check with its bound and what would happen, and changes nothing', async () => {
  const { code, output } = await here.doSwitch('plan', 'catalog');
  expect(output).toMatch(
    /^catalog: monolith owns, epoch 1, attempt 0, ACTIVE\n {2}✓ tables out of the stream +0 \(bound 0\)\n/,
  );
  expect(output).toMatch(/ {2}✓ heartbeat to the service +\d+ ms \(bound ≤ 60000 ms\)\n/);
  expect(output).toMatch(
    /npm run switch -- writes catalog service would\n {2}drain {5}monolith owns, epoch 1, attempt 1, DRAINING towards the service\n.* {2}grant {5}service owns, epoch 2, attempt 1, ACTIVE\n/s,
  );
  expect(code).toBe(0);
  const json = JSON.parse((await here.doSwitch('plan', 'catalog', 'service', '--json')).output) as object;
  expect(json).toMatchObject({ capability: 'catalog', target: 'service', wouldMove: true });
  const idle = await here.doSwitch('plan', 'catalog', 'monolith');
  expect(idle).toMatchObject({
    code: 0,
    output: expect.stringMatching(/nothing would move\n$/) as string,
  });
  expect(await here.rowAt('monolith')).toBe('1 0 monolith ACTIVE');
  expect(await here.steps()).toEqual([]);
});

test('a plan that could not move says which check does not hold, and fails', async () => {
  const fence = (what: string) =>
    here.pair.sql('service', `ALTER TABLE catalog.notes ${what} TRIGGER strangler_fence`);
  await fence('DISABLE');
  const { code, output } = await here.doSwitch('plan', 'catalog');
  expect(output).toMatch(
    / {2}✗ tables out of the stream +1 \(.*notes is not fenced at the service\) \(bound 0\)\n/,
  );
  expect(output).toMatch(/npm run switch -- writes catalog service would not move it\n$/);
  expect(code).toBe(1);
  const json = await here.doSwitch('plan', 'catalog', '--json');
  expect(JSON.parse(json.output)).toMatchObject({ wouldMove: false, steps: [] });
  expect(json.code).toBe(1);

  const refused = await here.doSwitch('writes', 'catalog', 'service');
  expect(refused).toEqual({
    code: 1,
    output: expect.stringMatching(
      /^npm run switch: catalog cannot move: tables out of the stream: 1 \(.*\), bound 0\n$/,
    ) as string,
  });
  await fence('ENABLE');
  expect(await here.rowAt('monolith')).toBe('1 0 monolith ACTIVE');
  expect(await here.steps()).toMatchObject([
    { step: 'failed', reason: expect.stringMatching(/cannot move/) as string },
  ]);
});

test('the right goes to the service under writers while no switch runs, and each step is in the audit log', async () => {
  const traffic = await startTraffic(writers, 2);
  const already = (await here.steps()).length;
  const { code, output } = await here.doSwitch('writes', 'catalog', 'service');
  expect(output).toMatch(
    /^ {2}preflight in \S+ ms, monolith owns, epoch 1, attempt 0, ACTIVE\n {2}drain in .*, DRAINING towards the service\n {2}confirm in .*\n {2}grant in \S+ ms, service owns, epoch 2, attempt 1, ACTIVE\n {2}activate in .*\ncatalog: service owns, epoch 2, attempt 1; nobody could write for \d+ ms\n$/,
  );
  expect(code).toBe(0);
  const before = traffic.acknowledged().length;
  await until(async () => traffic.acknowledged().length > before + 5);
  expect(await here.doSwitch('writes', 'catalog', 'service')).toEqual({
    code: 0,
    output: 'catalog: service owns, epoch 2, attempt 1, as before\n',
  });
  const steps = (await here.steps()).slice(already);
  expect(namesOf(steps)).toEqual(STEPS);
  expect(steps[1]).toMatchObject({
    capability: 'catalog',
    who: expect.stringMatching(/./) as string,
    durationMs: expect.any(Number) as number,
    before: { owner: 'monolith', epoch: 1, attempt: 0, state: 'ACTIVE', target: null },
    after: { owner: 'monolith', epoch: 1, attempt: 1, state: 'DRAINING', target: 'service' },
  });

  const back = await here.doSwitch('writes', 'catalog', 'monolith', '--json');
  const moved = JSON.parse(back.output) as { steps: { step: string }[] };
  expect(moved).toMatchObject({ owner: 'monolith', epoch: 3, attempt: 2, moved: true, auditProblem: null });
  expect(namesOf(moved.steps)).toEqual(STEPS);
  await traffic.stop();
  expect(traffic.failures()).toEqual([]);
  expect(await notesAt('monolith')).toEqual(traffic.acknowledged().toSorted((one, other) => one - other));
});

test('while the service owns, the status says so, and neither stop nor replicate touches anything', async () => {
  await here.doSwitch('writes', 'catalog', 'service');
  const status = await here.doSwitch('status', 'catalog');
  expect(status.output).toMatch(
    /^catalog: writes-on-service\n {2}plan .*\n {2}writes {4}service owns, epoch 4, attempt 3, ACTIVE\n/,
  );
  for (const verb of ['stop', 'replicate'])
    expect(await here.doSwitch(verb, 'catalog')).toEqual({
      code: 1,
      output: expect.stringMatching(
        /^npm run switch: the service owns catalog \(epoch 4.*\): npm run switch -- writes catalog monolith first\n$/,
      ) as string,
    });
  await giveBack();
});

describe('where a move is under way', () => {
  test('the others wait for it, or say that they cannot', async () => {
    const control = await here.startSwitch();
    const client = await keepFromDraining('monolith');
    const moving = here.begin('writes', 'catalog', 'service', ...PATIENT);
    await until(async () => /preflight/.test(moving.output()));
    const reads = here.begin('reads', 'catalog', '25');
    const stopping = here.begin('stop', 'catalog');
    const replicating = here.begin('replicate', 'catalog');
    expect(await reads.ended).toMatchObject({
      code: 1,
      output: expect.stringMatching(/Another command changes the replication of catalog/) as string,
    });
    await client.query('COMMIT');
    expect(await moving.ended).toMatchObject(done);
    for (const { ended } of [stopping, replicating])
      expect(await ended).toMatchObject({
        code: 1,
        output: expect.stringMatching(/the service owns catalog/) as string,
      });
    await giveBack();
    await control.stop();
  });

  test('it waits itself for whoever holds the plan', async () => {
    await withDatabase(here.planUrl, (query) =>
      withPlanLock('catalog', query, 0, async () => {
        const moving = here.begin('writes', 'catalog', 'service', ...PATIENT);
        await until(async () => {
          const waiting = await query(
            `SELECT FROM pg_stat_activity WHERE application_name = 'switch writes'`,
          );
          return waiting.length > 0;
        });
        await new Promise((resolve) => setTimeout(resolve, 500));
        expect(moving.output()).toBe('');
        return moving;
      }),
    ).then(async (locked) => expect(await locked?.result.ended).toMatchObject(done));
    await giveBack();
  });

  test('a SIGKILL of the switch changes nothing, and the audit log has every step', async () => {
    const control = await here.startSwitch();
    const already = (await here.steps()).length;
    const client = await keepFromDraining('monolith');
    const moving = here.begin('writes', 'catalog', 'service', ...PATIENT);
    await until(async () => /preflight/.test(moving.output()));
    process.kill(control.pid, 'SIGKILL');
    await control.ended;
    await client.query('COMMIT');
    expect(await moving.ended).toMatchObject(done);
    expect(namesOf((await here.steps()).slice(already))).toEqual(STEPS);

    await here.startSwitch();
    const audit = await here.doSwitch('audit', 'catalog', '--limit', '4');
    expect(audit.output).toMatch(
      /^… the last 4 changes.*\n\S+Z \S+ writes catalog: drain in \S+ ms, monolith owns, .*\n.*: confirm in .*\n.*: grant in \S+ ms, service owns, .*\n.*: activate in .*\n$/,
    );
    await giveBack();
  });

  test('a session of the switch’s database that is lost costs no line, and one that is not to be had all', async () => {
    const already = (await here.steps()).length;
    const client = await keepFromDraining('monolith');
    const moving = here.begin('writes', 'catalog', 'service', ...PATIENT);
    await until(async () => /preflight/.test(moving.output()));
    await withClient(here.serverUrl, (admin) =>
      admin.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'switch writes'`,
      ),
    );
    await client.query('COMMIT');
    expect(await moving.ended).toMatchObject(done);
    expect(namesOf((await here.steps()).slice(already))).toEqual(STEPS);

    const allow = (is: boolean) =>
      withClient(here.serverUrl, (admin) =>
        admin.query(`ALTER DATABASE shop_switch ALLOW_CONNECTIONS ${is}`),
      );
    await allow(false);
    const back = await here.doSwitch('writes', 'catalog', 'monolith').finally(() => allow(true));
    expect(back).toMatchObject({
      code: 0,
      output: expect.stringMatching(
        /monolith owns, .*\n! the audit log lacks 5 steps of this, preflight, drain, confirm, grant, activate: .*not currently accepting connections.*\n$/,
      ) as string,
    });
    expect((await here.steps()).length).toBe(already + 5);
  });

  test('and hangs with everybody’s writes, the status says what to do, and that takes the drain back', async () => {
    const already = (await here.steps()).length;
    const holder = new Client({ connectionString: here.pair.urls.service });
    await holder.connect();
    // Its apply waits for this row, so nothing is confirmed.
    await holder.query('BEGIN; SELECT FROM catalog.ownership FOR UPDATE');
    const moving = here.begin('writes', 'catalog', 'service', ...PATIENT);
    await until(async () => /drain/.test(moving.output()));
    process.kill(moving.pid, 'SIGSTOP');
    try {
      expect(await here.rowAt('monolith')).toMatch(/monolith DRAINING$/);
      expect((await here.doSwitch('status', 'catalog')).output).toMatch(
        /! nobody can write: catalog is drained towards the service\. .*npm run switch -- writes catalog service begins it anew, and npm run switch -- writes catalog monolith takes it back\n/,
      );
      const back = await here.doSwitch('writes', 'catalog', 'monolith');
      expect(back.output).toMatch(
        /^ {2}abort in \S+ ms, monolith owns, .*, ACTIVE\ncatalog: monolith owns, .*; what was drained is taken back\n$/,
      );
      expect(back.code).toBe(0);
      expect(await here.rowAt('monolith')).toMatch(/monolith ACTIVE$/);
    } finally {
      process.kill(moving.pid, 'SIGCONT');
      await holder.end();
    }
    expect(await moving.ended).toMatchObject({
      code: 1,
      output: expect.stringMatching(
        /npm run switch: somebody else has just changed who owns catalog/,
      ) as string,
    });
    const aborts = (await here.steps()).slice(already).filter(({ step }) => step === 'abort');
    expect(aborts).toMatchObject([{ after: { owner: 'monolith', state: 'ACTIVE' } }]);
    await until(async () => (await here.rowAt('service')) === (await here.rowAt('monolith')));
  });

  test('an interruption gives it up before the grant', async () => {
    const client = await keepFromDraining('monolith');
    const moving = here.begin('writes', 'catalog', 'service', ...PATIENT);
    await until(async () => /preflight/.test(moving.output()));
    process.kill(moving.pid, 'SIGINT');
    await client.query('COMMIT');
    expect(await moving.ended).toMatchObject({
      code: 1,
      output: expect.stringMatching(
        /npm run switch: interrupted, and nothing has moved: run it again\n$/,
      ) as string,
    });
    expect(await here.rowAt('monolith')).toMatch(/monolith ACTIVE$/);
  });
});

test('several commands at once, towards both sides, do no harm to writers', async () => {
  await here.pair.sql('monolith', 'DELETE FROM catalog.notes');
  const traffic = await startTraffic(writers, 2);
  for (let round = 0; round < 3; round += 1) {
    const ended = await Promise.all(
      (['service', 'monolith', 'service', 'monolith'] as const).map((side) =>
        here.doSwitch('writes', 'catalog', side),
      ),
    );
    for (const { code, output } of ended)
      if (code !== 0)
        expect(output).toMatch(/^( {2}.*\n)*npm run switch: somebody else has just changed who owns/);
    expect(ended.some(({ code }) => code === 0)).toBe(true);
    const before = traffic.acknowledged().length;
    await until(async () => traffic.acknowledged().length > before + 5);
  }
  await giveBack();
  await traffic.stop();
  expect(traffic.failures()).toEqual([]);
  expect(await here.rowAt('service')).toBe(await here.rowAt('monolith'));
  expect(await notesAt('monolith')).toEqual(traffic.acknowledged().toSorted((one, other) => one - other));
});

test.each([
  [['writes', 'catalog'], /^error: missing required argument 'side'$/],
  [
    ['writes', 'catalog', 'nowhere'],
    /^error: .*'nowhere' is invalid .*Allowed choices are service, monolith\.$/,
  ],
  [
    ['plan', 'catalog', 'nowhere'],
    /^error: .*'nowhere' is invalid .*Allowed choices are service, monolith\.$/,
  ],
  [['writes', 'catalog', 'service', '--max-lag', '1s'], /^error: .*It must be a whole number\.$/],
  [['writes', 'catalog', 'service', '--max-lag', '0'], /^npm run switch: catalog cannot move: heartbeat/],
  [['writes', 'teleport', 'service'], /^npm run switch: there is no capability teleport: catalog$/],
])('%j ends in one line, with code 1', async (words, line) => {
  const { code, output } = await here.doSwitch(...words);
  expect(output.trim()).toMatch(line);
  expect(code).toBe(1);
});

test('what nobody may write for longer than --max-pause is taken back', async () => {
  const client = new Client({ connectionString: here.pair.urls.service });
  await client.connect();
  try {
    // What is drained does not get past this.
    await client.query('BEGIN; SELECT FROM catalog.ownership FOR UPDATE');
    const { code, output } = await here.doSwitch('writes', 'catalog', 'service', '--max-pause', '200');
    expect(output).toMatch(
      /the service has not applied within 200 ms what the monolith wrote last: it was aborted/,
    );
    expect(code).toBe(1);
    expect(await here.rowAt('monolith')).toMatch(/monolith ACTIVE$/);
  } finally {
    await client.end();
  }
});

test('--help tells of both verbs', async () => {
  expect((await here.doSwitch('--help')).output).toMatch(/plan .*writes .*/s);
  expect((await here.doSwitch('writes', '--help')).output).toMatch(
    /takes back what was begun.*--max-pause.*default: 1500.*--max-lag.*default: 1000.*--json/s,
  );
});
