// Two real sides with real replication between them: damage in the service's rows is found and named, its being late is not.
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { CatalogServiceService } from '../../../generated/protos/shop/catalog/v1/catalog.ts';
import { connectGrpc } from '#platform/grpc/client.ts';
import { newId } from '#platform/ids.ts';
import { withClient } from '#platform/postgres/owners.ts';
import { until } from '#platform/testing/until.ts';
import { openSides, type Sides } from '../../answers/testing-sides.ts';
import { startHeartbeats, type Heartbeats } from '../../ownership/heartbeats.ts';
import { asReplication } from '../../ownership/testing.ts';
import { inServiceWords, startShadow } from './testing.ts';

const PRODUCTS = 40;

let sides: Sides;
let heartbeats: Heartbeats;
let ids: readonly string[];

beforeAll(async () => {
  sides = await openSides(PRODUCTS);
  heartbeats = startHeartbeats(sides.replica);
  const rows = await sides.sql<{ id: string }>(
    'monolith',
    'SELECT id FROM catalog.products ORDER BY id DESC',
  );
  ids = rows.map(({ id }) => id);
});
afterAll(async () => {
  await heartbeats.stop();
  await sides.close();
});

const idOf = (index: number) => ids[index] ?? '';
const atService = (change: string) => asReplication(sides, 'service', change);

/** Reads one after the other through a gateway that compares them all. */
async function compare(
  paths: readonly string[],
  {
    service = inServiceWords(sides.client),
    ...options
  }: Parameters<typeof startShadow>[2] & { service?: ReturnType<typeof inServiceWords> } = {},
) {
  await using shadow = await startShadow({ url: sides.addresses.monolith }, service, options);
  for (const [index, path] of paths.entries()) {
    await (await shadow.gateway.fetch(path)).text();
    await until(async () => (await shadow.ended()) === index + 1);
  }
  return { told: await shadow.told(), reports: [...shadow.reports], log: shadow.gateway.log };
}
const kindsOf = async (paths: readonly string[]) =>
  (await compare(paths)).reports.map(({ kind, request }) => `${kind} ${request.path}`);

/** Until it is taken back, the service has other rows than the monolith. */
async function damaged(change: string, repair: string, work: () => Promise<void>): Promise<void> {
  await atService(change);
  try {
    await work();
  } finally {
    await atService(repair);
  }
}

const COLUMNS =
  'id, sku, name, description, category_slug, price_amount, price_currency, version, archived_at, created_at';

test('without damage, every answer is alike on both sides, also what there is not and what is wrong', async () => {
  const first = await fetch(`${sides.addresses.monolith}/products?pageSize=7&sort=price`);
  const { nextPageToken } = (await first.json()) as { nextPageToken: string };
  const paths = [
    '/products',
    '/products?pageSize=100&sort=name',
    `/products?pageSize=7&sort=price&pageToken=${encodeURIComponent(nextPageToken)}`,
    '/products?q=the',
    '/categories',
    `/products/${newId()}`,
    '/products/x',
    '/products?pageToken=x',
    '/products?pageSize=101',
    ...ids.slice(0, 5).map((id) => `/products/${id}`),
  ];
  const { told, reports } = await compare(paths);
  expect(reports).toEqual([]);
  expect(told).toEqual([`match ${paths.length}`]);
});

test('one field that differs is found, in the record and in the list', async () => {
  const [id, list] = [idOf(3), '/products?pageSize=100'];
  const change = (by: number) =>
    `UPDATE catalog.products SET price_amount = price_amount + ${by} WHERE id = '${id}'`;
  await damaged(change(1), change(-1), async () => {
    const { reports } = await compare([`/products/${id}`, list, '/categories']);
    expect(reports.map(({ kind, request }) => [kind, request.path])).toEqual([
      ['changed_field', `/products/${id}`],
      ['changed_field', list],
    ]);
    expect(reports.map(({ differences }) => differences.map(({ at }) => at))).toEqual([
      ['body.price.amount'],
      [`body.products[${id}].price.amount`],
    ]);
    for (const { position } of reports) expect(position).toMatch(/^[0-9a-f]{32}~\d+~[0-9A-F]+\/[0-9A-F]+$/);
  });
});

test('a version that differs is found by its ETag', async () => {
  const id = idOf(4);
  const change = (by: number) => `UPDATE catalog.products SET version = version + ${by} WHERE id = '${id}'`;
  await damaged(change(1), change(-1), async () => {
    const { reports } = await compare([`/products/${id}`]);
    expect(reports[0]?.differences).toEqual([
      { at: 'headers.etag', monolith: '"\\"1\\""', service: '"\\"2\\""' },
    ]);
  });
});

test('a row that is missing is found: in itself, in the whole list, and on a page that is filled from the next', async () => {
  const id = idOf(5);
  const paths = [`/products/${id}`, '/products?pageSize=100', '/products?pageSize=10'];
  await damaged(
    `CREATE TABLE public.kept AS SELECT ${COLUMNS} FROM catalog.products WHERE id = '${id}';
     DELETE FROM catalog.products WHERE id = '${id}'`,
    `INSERT INTO catalog.products (${COLUMNS}) SELECT * FROM public.kept; DROP TABLE public.kept`,
    async () => expect(await kindsOf(paths)).toEqual(paths.map((path) => `missing ${path}`)),
  );
});

test('a row too many is found, likewise', async () => {
  const id = newId();
  const paths = [`/products/${id}`, '/products?pageSize=100', '/products?pageSize=10'];
  await damaged(
    `INSERT INTO catalog.products (${COLUMNS})
     SELECT '${id}', 'EXTRA-1', name, description, category_slug, price_amount, price_currency, 1, NULL, now()
     FROM catalog.products LIMIT 1`,
    `DELETE FROM catalog.products WHERE id = '${id}'`,
    async () => expect(await kindsOf(paths)).toEqual(paths.map((path) => `extra ${path}`)),
  );
});

test('a list in another order is found, with the same records in it', async () => {
  const set = (column: string) =>
    `ALTER TABLE catalog.products ALTER COLUMN name_words SET EXPRESSION AS (to_tsvector('english', ${column}))`;
  const named = (id: string, text: string) => `UPDATE catalog.products SET ${text} WHERE id = '${id}'`;
  // One has the word in its name, and a newer one in its description.
  await sides.sql('monolith', named(idOf(8), "name = 'A zyzzyva', description = 'An insect'"));
  await sides.sql('monolith', named(idOf(7), "name = 'A beetle', description = 'No zyzzyva'"));
  await damaged(set('description'), set('name'), async () => {
    const { reports } = await compare(['/products?q=zyzzyva']);
    expect(reports.map(({ kind }) => kind)).toEqual(['wrong_order']);
    expect(reports[0]?.differences[0]).toMatchObject({
      at: `body.products[${idOf(8)}].id`,
      monolith: `"${idOf(8)}"`,
      service: `"${idOf(7)}"`,
    });
  });
});

test('two rows under each other’s ids are found', async () => {
  const [one, other, none] = [idOf(10), idOf(11), newId()];
  const become = (from: string, to: string) =>
    `UPDATE catalog.products SET id = '${to}' WHERE id = '${from}'`;
  const swap = [become(one, none), become(other, one), become(none, other)].join('; ');
  const paths = ['/products?pageSize=100', '/products?sort=name&pageSize=100'];
  await damaged(swap, swap, async () => {
    expect(await kindsOf(paths)).toEqual(paths.map((path) => `swapped_ids ${path}`));
    expect(await kindsOf([`/products/${one}`])).toEqual([`changed_field /products/${one}`]);
  });
});

test('what the service does not have yet is waited for, and is no mismatch', async () => {
  const [{ name } = { name: '' }] = await sides.sql<{ name: string }>(
    'service',
    'SELECT subname AS name FROM pg_subscription WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())',
  );
  const id = idOf(12);
  const turn = (way: 'ENABLE' | 'DISABLE') => sides.sql('service', `ALTER SUBSCRIPTION "${name}" ${way}`);
  await turn('DISABLE');
  await sides.sql(
    'monolith',
    `UPDATE catalog.products SET price_amount = price_amount + 1 WHERE id = '${id}'`,
  );
  // Long enough for the answers to be there, however busy the machine is.
  const stuck = await compare([`/products/${id}`], { deadlineMs: 5_000 });
  const waiting = compare([`/products/${id}`], { deadlineMs: 60_000 });
  await sleep(200);
  // Before anything is expected: what comes after this test needs it.
  await turn('ENABLE');
  expect(stuck.told).toEqual(['inconclusive 1', 'inconclusive behind 1']);
  expect((await waiting).told).toEqual(['lag 1']);
});

test('with 1,000 writes a second beside, nothing is taken for a mismatch', async () => {
  await using shadow = await startShadow({ url: sides.addresses.monolith }, inServiceWords(sides.client));
  const writing = new AbortController();
  let written = 0;
  const begun = performance.now();
  const writers = [0, 1, 2, 3].map((writer) =>
    withClient(sides.replica.urls.monolith, async (client) => {
      const text = `UPDATE catalog.products SET price_amount = price_amount % 1000000 + 1, version = version + 1
                    WHERE id = $1`;
      while (!writing.signal.aborted) {
        await client.query({ name: 'write', text, values: [idOf((written * 4 + writer) % PRODUCTS)] });
        written += 1;
        const early = begun + written - performance.now();
        if (early > 1) await sleep(early);
      }
    }),
  );
  const paths = ['/products?pageSize=20', ...ids.slice(0, 3).map((id) => `/products/${id}`), '/categories'];
  // What could have been taken for one.
  const close = (lines: readonly string[]) =>
    lines.some((line) => /^(lag|inconclusive changing) [1-9]/.test(line));
  try {
    let asked = 0;
    for (let enough = 8_000; enough <= 48_000; enough += 8_000) {
      for (; written < enough; asked += 1)
        await (await shadow.gateway.fetch(paths[asked % paths.length] ?? '')).text();
      // On a busy machine most are dropped at first.
      if (close(await shadow.told())) break;
    }
  } finally {
    writing.abort();
    await Promise.all(writers);
  }
  const read = await shadow.told();
  process.stdout.write(
    `${written} writes in ${Math.round(performance.now() - begun)} ms: ${read.join(', ')}\n`,
  );
  expect(shadow.reports).toEqual([]);
  expect(read.some((line) => line.startsWith('mismatch'))).toBe(false);
  expect(read.filter((line) => close([line]))).not.toEqual([]);
});

test('a service that is down, and one that does not answer, are inconclusive', async () => {
  const sockets: Socket[] = [];
  const silent = createServer((socket) => sockets.push(socket));
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  const at = (address: string) =>
    connectGrpc(CatalogServiceService, {
      addresses: [address],
      defaultDeadlineMs: 60_000,
      log: pino({ level: 'silent' }),
    });
  const [hangs, down] = [at(`127.0.0.1:${port}`), at('127.0.0.1:1')];
  try {
    const path = `/products/${idOf(0)}`;
    expect((await compare([path], { service: inServiceWords(hangs), deadlineMs: 500 })).told).toEqual([
      'inconclusive 1',
      'inconclusive too_slow 1',
    ]);
    expect((await compare([path], { service: inServiceWords(down) })).told).toEqual([
      'inconclusive 1',
      'inconclusive service_failed 1',
    ]);
  } finally {
    hangs.close();
    down.close();
    for (const socket of sockets) socket.destroy();
    silent.close();
  }
});

test('users get the same bytes with the parallel run as without', async () => {
  const paths = [
    '/products?pageSize=100',
    '/products?q=the',
    '/categories',
    `/products/${idOf(0)}`,
    '/products/x',
    '/products?pageSize=0',
  ];
  const answers = async (percent: number) => {
    await using shadow = await startShadow({ url: sides.addresses.monolith }, inServiceWords(sides.client), {
      percent,
    });
    const got = [];
    for (const path of paths) {
      const response = await shadow.gateway.fetch(path, { headers: { 'x-request-id': 'the-same' } });
      const headers = [...response.headers].filter(([name]) => name !== 'date');
      got.push([response.status, headers, Buffer.from(await response.arrayBuffer()).toString('hex')]);
    }
    await until(async () => (await shadow.ended()) >= (percent === 0 ? 0 : 1));
    return got;
  };
  expect(await answers(100)).toEqual(await answers(0));
});
