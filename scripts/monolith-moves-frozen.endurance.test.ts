import { until } from '#platform/testing/until.ts';
import { Client } from 'pg';
import { newId } from '#platform/ids.ts';
import { startMonolith } from '../monolith/testing/monolith-process.ts';
import { createProduct, openMovingShop, type MovingShop } from './testing-moves.ts';

let shop: MovingShop;

beforeAll(async () => {
  shop = await openMovingShop();
});
afterAll(() => shop.close());
beforeEach(() => shop.move('monolith'));

const freeze = () => process.kill(shop.monolith.pid, 'SIGSTOP');
const wake = () => process.kill(shop.monolith.pid, 'SIGCONT');
const rowAt = async (side: 'monolith' | 'service', id: string) =>
  (
    await shop.sql<{ name: string; version: number }>(
      side,
      'SELECT name, version FROM catalog.products WHERE id = $1',
      [id],
    )
  )[0];

/** A transaction of an administrator that has the product's row: whoever wants to change that waits in its own. */
async function lockRow(id: string) {
  const client = new Client({ connectionString: shop.replica.urls.monolith });
  await client.connect();
  await client.query('BEGIN');
  await client.query('SELECT FROM catalog.products WHERE id = $1 FOR UPDATE', [id]);
  return { release: () => client.end() };
}
const waitersIn = async (where: string) =>
  (
    await shop.sql(
      'monolith',
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND usename <> current_user AND ${where}`,
    )
  ).length;

/** Freezes the monolith while it waits for a row, gives it the row, and moves; then wakes it. */
async function freezeInAWrite(key: string | undefined) {
  const { id, path } = await createProduct(shop);
  const write = () => shop.ask('PATCH', path, { body: { name: 'Late' }, key });
  const lock = await lockRow(id);
  const answer = write();
  await until(async () => (await waitersIn(`wait_event_type = 'Lock'`)) === 1);
  freeze();
  try {
    await lock.release();
    await until(async () => (await waitersIn(`wait_event_type = 'Lock'`)) === 0);
    await shop.move('service');
  } finally {
    wake();
  }
  return { id, write, answer: await answer };
}

test('a monolith that froze in a transaction, past the fence, does not commit it when it wakes after a move', async () => {
  const { id, write, answer } = await freezeInAWrite('frozen-in-a-transaction');
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
  for (const side of ['monolith', 'service'] as const)
    expect(await rowAt(side, id)).toEqual({ name: 'Kettle', version: 1 });

  const again = await write();
  expect([again.status, again.headers.get('x-served-by')]).toEqual([200, 'catalog']);
  expect(await rowAt('service', id)).toEqual({ name: 'Late', version: 2 });
});

test('what a frozen monolith had committed before the move has moved, and is answered when it wakes', async () => {
  // Without a key it is one statement, which the database has done when it has the row.
  const { id, answer } = await freezeInAWrite(undefined);
  expect([answer.status, answer.headers.get('etag')]).toEqual([200, '"2"']);
  expect(await rowAt('service', id)).toEqual({ name: 'Late', version: 2 });
});

test('a monolith that froze before it began to write does it at the new owner when it wakes', async () => {
  const { id, path } = await createProduct(shop);
  freeze();
  let answers;
  try {
    answers = [newId(), undefined].map((key) => shop.ask('PATCH', path, { body: { name: 'Late' }, key }));
    await shop.move('service');
  } finally {
    wake();
  }
  for (const answer of await Promise.all(answers))
    expect([answer.status, answer.headers.get('x-served-by')]).toEqual([200, 'catalog']);
  expect(await rowAt('service', id)).toEqual({ name: 'Late', version: 3 });
});

test('of monoliths that freeze anywhere while they write, over a move, none loses or doubles an answered write', async () => {
  const second = await startMonolith(shop.ground, { MONOLITH_CATALOG_ADDRESS: shop.address });
  let writing = true;
  const acknowledged = new Map<string, number>();
  const writers = Array.from({ length: 6 }, async (_, writer) => {
    const { id, path } = await createProduct(shop);
    const to = writer % 2 === 0 ? shop : { ask: shop.askOf(second) };
    for (let round = 1; writing; round += 1) {
      const write = { body: { name: `Round ${round}` }, key: `${id}-${round}` };
      let answer = await to.ask('PATCH', path, write);
      // What a caller does who is told to come again.
      while (answer.status === 503) answer = await to.ask('PATCH', path, write);
      expect([answer.status, answer.headers.get('etag')]).toEqual([200, `"${round + 1}"`]);
      acknowledged.set(id, round + 1);
    }
  });
  try {
    for (const target of ['service', 'monolith', 'service', 'monolith'] as const) {
      const before = new Map(acknowledged);
      await until(() => [...acknowledged].some(([id, version]) => version > (before.get(id) ?? 0) + 3));
      freeze();
      await shop.move(target).finally(wake);
    }
  } finally {
    writing = false;
    await Promise.all(writers);
    await second.stop();
  }
  expect(acknowledged.size).toBe(6);
  for (const [id, version] of acknowledged) expect((await rowAt('monolith', id))?.version).toBe(version);
});
