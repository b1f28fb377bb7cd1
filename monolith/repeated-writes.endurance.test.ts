import { newId } from '#platform/ids.ts';
import { KEY_TABLES } from './shop.ts';
import { openGround, type Ground } from './testing/ground.ts';
import { startMonolith, type MonolithProcess } from './testing/monolith-process.ts';
import { request, tokenFor, type TestRequest } from './testing/request.ts';
import { newWrite, WRITES, type WriteName } from './testing/writes.ts';

/** Two monoliths on one database, as behind a load balancer, and those that a test kills. */
let ground: Ground;
let one: MonolithProcess;
let two: MonolithProcess;
const doomed: MonolithProcess[] = [];

beforeAll(async () => {
  ground = await openGround();
  [one, two] = await Promise.all([startMonolith(ground), startMonolith(ground)]);
});
afterEach(() => Promise.all(doomed.splice(0).map((monolith) => monolith.stop())));
afterAll(async () => {
  await Promise.all([one.stop(), two.stop()]);
  await ground.close();
});

async function startDoomed(failpoint?: string): Promise<MonolithProcess> {
  const monolith = await startMonolith(ground, failpoint === undefined ? {} : { SHOP_FAILPOINT: failpoint });
  doomed.push(monolith);
  return monolith;
}

const names = Object.keys(WRITES) as WriteName[];
const reused = { status: 409, text: expect.stringContaining('"idempotency_key_reused"') as string };
const tableOf = (name: WriteName) => KEY_TABLES[WRITES[name]];

const until = async (look: () => Promise<unknown[]>) => {
  for (let tries = 0; tries < 500 && (await look()).length === 0; tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 10));
};

describe.each(names)('%s', (name) => {
  test('repeated at another process under its key, it has its effect once, and the same answer', async () => {
    const { request: write, effect, other } = await newWrite(ground, name);
    const key = newId();
    const before = await effect();
    const first = await request(one, { ...write, key });
    expect(first?.status).toBeLessThan(300);
    const after = await effect();
    expect(after).not.toBe(before);

    expect(await request(two, { ...write, key })).toEqual(first);
    expect(await effect()).toBe(after);

    expect(await request(two, { ...other, key })).toMatchObject(reused);
    expect(await effect()).toBe(after);
  });

  test('sent ten times at once to both processes under one key, it has ten equal answers', async () => {
    const { request: write } = await newWrite(ground, name);
    const key = newId();
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => request(index % 2 ? one : two, { ...write, key })),
    );
    expect(answers[0]?.status).toBeLessThan(300);
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  });

  test('without a key nothing is kept of it', async () => {
    const { request: write } = await newWrite(ground, name);
    const keys = () => ground.sql(`SELECT count(*) FROM ${tableOf(name)}`);
    const before = await keys();
    expect((await request(one, write))?.status).toBeLessThan(300);
    expect(await keys()).toEqual(before);
  });

  test('whose process was killed before it could answer, it is answered by another, and done once', async () => {
    const { request: write, effect } = await newWrite(ground, name);
    const key = newId();
    expect(await request(await startDoomed('once.committed'), { ...write, key })).toBeUndefined();
    const done = await effect();
    const answer = await request(two, { ...write, key });
    expect(answer?.status).toBeLessThan(300);
    expect(await effect()).toBe(done);
    expect(await request(one, { ...write, key })).toEqual(answer);
  });
});

test.each(['once.claimed', 'once.stored'])(
  'of a write whose process was killed at %s nothing is left, and the repetition does it',
  async (failpoint) => {
    const { request: write, effect } = await newWrite(ground, 'PATCH /products/:id');
    const key = newId();
    const before = await effect();
    expect(await request(await startDoomed(failpoint), { ...write, key })).toBeUndefined();
    expect(await effect()).toBe(before);
    expect(await request(two, { ...write, key })).toMatchObject({ status: 200, etag: '"2"' });
  },
);

/** Holds a row, so that a write of it is under way for as long as the test likes. */
async function holding<T>(table: string, id: string, work: (release: () => void) => Promise<T>): Promise<T> {
  const held = Promise.withResolvers<void>();
  const locked = Promise.withResolvers<void>();
  const holder = ground.inAdminTransaction(async (sql) => {
    await sql(`SELECT 1 FROM ${table} WHERE id = $1 FOR UPDATE`, [id]);
    locked.resolve();
    await held.promise;
  });
  await locked.promise;
  try {
    return await work(held.resolve);
  } finally {
    held.resolve();
    await holder;
  }
}

const waiting = (statement: string, lock: string) =>
  until(() =>
    ground.sql(
      `SELECT 1 FROM pg_stat_activity WHERE datname = current_database()
       AND wait_event_type = 'Lock' AND wait_event = $2 AND query LIKE $1`,
      [statement, lock],
    ),
  );

/** Connections that are opened meanwhile find out about a dead client only when they have to tell it something. */
async function whileDeathsGoUnnoticed<T>(work: () => Promise<T>): Promise<T> {
  const { username: role, pathname } = new URL(ground.databaseUrl);
  const change = (what: string) =>
    ground.sql(`ALTER ROLE "${role}" IN DATABASE "${pathname.slice(1)}" ${what}`);
  await change('SET client_connection_check_interval = 0');
  return work().finally(() => change('RESET client_connection_check_interval'));
}

test('a repetition waits for the transaction that its killed predecessor left in the database', async () => {
  const write = await newWrite(ground, 'PATCH /products/:id');
  const key = newId();
  const keyed: TestRequest = { ...write.request, key };
  const productId = keyed.path.split('/').at(-1) ?? '';
  const { repeated } = await holding('products', productId, async () => {
    await whileDeathsGoUnnoticed(async () => {
      const first = await startDoomed();
      const unanswered = request(first, keyed);
      await waiting('UPDATE%products%', 'transactionid');
      process.kill(first.pid, 'SIGKILL');
      expect(await unanswered).toBeUndefined();
    });
    const repeated = request(two, keyed);
    // The first one's claim stands, and the second waits for its end.
    await waiting(`%INSERT INTO ${KEY_TABLES.catalog}%`, 'transactionid');
    return { repeated };
  });
  expect(await repeated).toMatchObject({ status: 200, etag: '"2"' });
  expect(await request(one, keyed)).toEqual(await repeated);
});

test('what is refused leaves nothing under its key, and may succeed under it later', async () => {
  const { request: write } = await newWrite(ground, 'POST /products');
  const key = newId();
  const other = { ...write, body: { ...write.body, category: 'none' }, key };
  expect(await request(one, other)).toMatchObject({ status: 400 });
  expect(await ground.sql(`SELECT 1 FROM ${KEY_TABLES.catalog} WHERE key = $1`, [key])).toEqual([]);
  expect(await request(two, { ...write, key })).toMatchObject({ status: 201 });
});

test('a key of one customer means nothing for another', async () => {
  const [mine, yours] = [
    await newWrite(ground, 'PUT /cart/items/:productId'),
    await newWrite(ground, 'PUT /cart/items/:productId'),
  ];
  const key = newId();
  expect(await request(one, { ...mine.request, key })).toMatchObject({ status: 200 });
  const before = await yours.effect();
  expect(await request(two, { ...yours.request, key })).toMatchObject({ status: 200 });
  expect(await yours.effect()).not.toBe(before);
});

test('one key is free for one operation of each module, and reused within a module', async () => {
  const [stock, patch] = [
    await newWrite(ground, 'PUT /stock/:productId'),
    await newWrite(ground, 'PATCH /products/:id'),
  ];
  const token = await tokenFor(newId(), 'admin');
  const key = newId();
  expect(await request(one, { ...stock.request, key, token })).toMatchObject({ status: 200 });
  expect(await request(one, { ...patch.request, key, token })).toMatchObject({ status: 200 });
  const archive = { method: 'DELETE', path: patch.request.path, key, token };
  expect(await request(one, archive)).toMatchObject(reused);
});

test('a key that is none is refused', async () => {
  const { request: write } = await newWrite(ground, 'PUT /stock/:productId');
  for (const key of ['a b', 'x'.repeat(256)])
    expect(await request(one, { ...write, key })).toMatchObject({
      status: 400,
      text: expect.stringContaining('/headers/idempotency-key') as string,
    });
});

test.each([...new Set(names.map(tableOf))])(
  'each claim in %s removes a few keys that are over a day old, and no other',
  async (table) => {
    const age = (key: string, hours: number) =>
      ground.sql(
        `INSERT INTO ${table} (caller, key, request_hash, reply, created_at)
         VALUES ('somebody', $1, '', 'null', now() - $2 * interval '1 hour')`,
        [key, hours],
      );
    const left = async () =>
      (
        await ground.sql<{ key: string }>(
          `SELECT key FROM ${table} WHERE caller = 'somebody' ORDER BY created_at`,
        )
      ).map(({ key }) => key);
    for (let index = 0; index < 6; index += 1) await age(`old ${index}`, 30 - index);
    await age('young', 23);
    const name = names.find((each) => tableOf(each) === table) ?? 'POST /products';
    const keyed = async () => request(one, { ...(await newWrite(ground, name)).request, key: newId() });
    expect((await keyed())?.status).toBeLessThan(300);
    expect(await left()).toEqual(['old 4', 'old 5', 'young']);
    expect((await keyed())?.status).toBeLessThan(300);
    expect(await left()).toEqual(['young']);
  },
);

test('who reads the table cannot find out a password by hashing what it might be', async () => {
  const { createHash } = await import('node:crypto');
  const { request: write } = await newWrite(ground, 'POST /customers');
  const key = newId();
  await request(one, { ...write, key });
  const [row] = await ground.sql<{ hash: string; reply: object }>(
    `SELECT request_hash AS hash, reply FROM ${KEY_TABLES.customers} WHERE key = $1`,
    [key],
  );
  const guess = JSON.stringify(['register', [null, null, null, write.body]]);
  expect(row?.hash).not.toBe(createHash('sha256').update(guess).digest('base64url'));
  expect(JSON.stringify(row)).not.toContain('a password of mine');
});
