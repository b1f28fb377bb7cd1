import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '#platform/testing/until.ts';
import { abortMove } from '../strangler/ownership/move-ownership.ts';
import { createProduct, openMovingShop, type Answered, type MovingShop } from './testing-moves.ts';

let shop: MovingShop;
let path: string;

beforeAll(async () => {
  shop = await openMovingShop();
});
afterAll(() => shop.close());
beforeEach(async () => {
  await shop.move('monolith');
  ({ path } = await createProduct(shop));
});

/** As a move does it, and then is in no hurry. */
const drain = () =>
  shop.sql(
    'monolith',
    `UPDATE catalog.ownership SET attempt = attempt + 1, state = 'DRAINING', target = 'service'`,
  );
/** As a move ends, when the service has shown the drain. */
async function grant(): Promise<void> {
  await until(async () => {
    const [row] = await shop.sql<{ state: string }>('service', 'SELECT state FROM catalog.ownership');
    return row?.state === 'DRAINING';
  });
  await shop.sql(
    'monolith',
    `UPDATE catalog.ownership SET epoch = epoch + 1, state = 'ACTIVE', owner = target, target = NULL`,
  );
}
const giveUp = () => abortMove(shop.replica, 'monolith');
const rename = (name: string, more = {}) => shop.ask('PATCH', path, { body: { name }, ...more });
/** Of the monolith's own; undefined where nothing was counted yet. */
async function figure(name: string, label = ''): Promise<number | undefined> {
  const text = await (await fetch(`${shop.monolith.url}/metrics`)).text();
  const line = text.split('\n').find((each) => each.startsWith(`${name}{`) && each.includes(label));
  return line === undefined ? undefined : Number(line.split(' ').at(-1));
}
const pending = Symbol('pending');
const stateOf = (answer: Promise<Answered>) =>
  Promise.race([answer.then(({ status }) => status), sleep(100, pending)]);
const WANTED = { headers: { 'x-want-owner': 'catalog' } };

test('a write that meets a move waits, and is answered by the monolith where the move is given up', async () => {
  await drain();
  const answer = rename('Pot');
  expect(await stateOf(answer)).toBe(pending);
  await giveUp();
  expect(await answer).toMatchObject({ status: 200, body: { name: 'Pot' } });
});

test('a write that meets a move waits, and is answered by the service where the move ends', async () => {
  await drain();
  const answers = ['with-a-key', undefined].map((key) => rename('Pot', { key }));
  for (const answer of answers) expect(await stateOf(answer)).toBe(pending);
  await grant();
  for (const answer of answers) expect((await answer).headers.get('x-served-by')).toBe('catalog');
  expect((await shop.ask('GET', path)).headers.get('etag')).toBe('"3"');
});

test('a write that has waited for too long is told when to come again, was not done, and is counted', async () => {
  await drain();
  const before = await figure('monolith_writes_held_total', 'outcome="late"');
  const { status, body, headers } = await rename('Pot', { key: 'too-long' });
  expect([status, body['code'], headers.get('retry-after')]).toEqual([503, 'unavailable', '1']);
  expect(await figure('monolith_writes_held_total', 'outcome="late"')).toBe((before ?? 0) + 1);
  expect(await figure('monolith_writes_held')).toBe(0);
  await giveUp();
  expect((await shop.ask('GET', path)).headers.get('etag')).toBe('"1"');
  expect((await rename('Pot', { key: 'too-long' })).status).toBe(200);
});

test('while a move drains, everything can be read', async () => {
  await drain();
  expect((await shop.ask('GET', path)).status).toBe(200);
  await giveUp();
});

describe('whoever wants to go to the owner by itself', () => {
  const told = ({ status, body, headers }: Answered) => {
    const { code, owner, epoch, state } = body;
    return [status, { code, owner, epoch, state }, headers.get('x-owner')];
  };
  const epochNow = async () => {
    const [row] = await shop.sql<{ epoch: number }>('monolith', 'SELECT epoch::int FROM catalog.ownership');
    return row?.epoch ?? 0;
  };

  test('is told who owns with an answer', async () => {
    const answer = await rename('Pot', WANTED);
    expect([answer.status, answer.headers.get('x-owner')]).toEqual([
      200,
      `catalog=monolith:${await epochNow()}`,
    ]);
    expect((await rename('Pan')).headers.get('x-owner')).toBeNull();
  });

  test('is refused at once while a move drains, and nothing is done', async () => {
    await drain();
    const epoch = await epochNow();
    expect(told(await rename('Pot', { ...WANTED, key: 'refused' }))).toEqual([
      409,
      { code: 'not_the_owner', owner: 'monolith', epoch, state: 'DRAINING' },
      `catalog=monolith:${epoch}`,
    ]);
    await giveUp();
    expect((await shop.ask('GET', path)).headers.get('etag')).toBe('"1"');
  });

  test('is sent to the service when that owns, whatever may be wrong with the product', async () => {
    await shop.move('service');
    const epoch = await epochNow();
    const refusal = [
      409,
      { code: 'not_the_owner', owner: 'service', epoch, state: 'ACTIVE' },
      `catalog=service:${epoch}`,
    ];
    for (const key of ['sent-on', undefined])
      expect(told(await rename('Pot', { ...WANTED, key }))).toEqual(refusal);
    expect((await shop.ask('GET', path)).headers.get('etag')).toBe('"1"');
  });

  test('is told by the monolith what is wrong with a request, also when the service owns', async () => {
    await shop.move('service');
    expect((await rename(' ', WANTED)).status).toBe(400);
    expect((await rename('Pot', { ...WANTED, token: 'none' })).status).toBe(401);
  });
});

describe('while the service cannot be reached', () => {
  beforeEach(async () => {
    await shop.move('service');
    process.kill(shop.service().pid, 'SIGKILL');
    await shop.service().ended;
  });

  test('reads and writes are told to come again, and are answered when it is back', async () => {
    const key = 'while-away';
    const put = () => shop.ask('PUT', `/cart/items/${path.split('/')[2]}`, { body: { quantity: 1 } });
    const asked = [
      () => shop.ask('GET', path),
      () => shop.ask('GET', '/products'),
      () => rename('Pot', { key }),
      put,
    ];
    for (const ask of asked) {
      const { status, body, headers } = await ask();
      expect([status, body['code'], headers.get('retry-after')]).toEqual([503, 'unavailable', '1']);
    }
    await shop.startService();
    await until(async () => (await shop.ask('GET', path)).status === 200);
    expect((await rename('Pot', { key })).status).toBe(200);
    expect((await rename('Pot', { key })).status).toBe(200);
    expect((await shop.ask('GET', path)).headers.get('etag')).toBe('"2"');
  });

  test('what the catalog has no part in goes on', async () => {
    expect((await shop.ask('GET', '/orders')).status).toBe(200);
    expect((await shop.ask('GET', '/cart')).status).toBe(200);
    await shop.startService();
    await until(async () => (await shop.ask('GET', path)).status === 200);
  });
});
