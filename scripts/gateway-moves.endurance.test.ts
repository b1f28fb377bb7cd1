// Writers change the catalog through the gateway while its ownership moves, there and back, and while processes die: real
// processes, two databases, real moves.
import { until } from '#platform/testing/until.ts';
import { abortMove } from '../strangler/ownership/move-ownership.ts';
import {
  openGatewayShop,
  startWriters,
  type GatewayShop,
  type GatewayWriters,
  type Report,
} from './testing-gateway-moves.ts';

const WRITERS = 8;
let shop: GatewayShop;

beforeAll(async () => {
  shop = await openGatewayShop();
}, 120_000);
afterAll(() => shop.close(), 60_000);
beforeEach(async () => {
  await shop.move('monolith');
});

/** Until every writer may have changed something since. */
async function goOn(writers: GatewayWriters): Promise<void> {
  const before = writers.done();
  await until(() => writers.done() > before + 4 * WRITERS);
}

/** Every change was done once and in order, and both databases have all of them. */
async function expectNothingLost({ products, contradictions }: Report): Promise<void> {
  expect(contradictions).toEqual([]);
  const expected = products
    .map(({ id, changes }) => `${id} ${changes === 0 ? 'new' : `change ${changes}`} ${changes + 1}`)
    .sort();
  for (const side of ['monolith', 'service'] as const)
    await until(async () => {
      const rows = await shop.sql<{ row: string }>(
        side,
        `SELECT concat_ws(' ', id, name, version) AS row FROM catalog.products WHERE id = ANY ($1::uuid[]) ORDER BY 1`,
        [products.map(({ id }) => id)],
      );
      return JSON.stringify(rows.map(({ row }) => row)) === JSON.stringify(expected);
    });
}

/** @returns how many of its answers asked to come again. */
const sentAway = ({ answers }: Report): number =>
  Object.entries(answers).reduce((sum, [name, count]) => sum + (name.startsWith('503') ? count : 0), 0);

test('ownership moves there and back under writers, and no write fails, is lost, is done twice or is overtaken', async () => {
  const writers = await startWriters(shop, WRITERS);
  await goOn(writers);
  for (let round = 0; round < 3; round += 1)
    for (const side of ['service', 'monolith'] as const) {
      await shop.move(side);
      await goOn(writers);
    }
  const report = await writers.stop();
  await expectNothingLost(report);
  expect(Object.keys(report.answers).sort()).toEqual(['200 catalog', '200 monolith', '201 monolith']);
  expect(report.unanswered).toBe(0);
  // None was sent away, either: a gap is some milliseconds, and a write waits two seconds.
  expect(await shop.figure('gateway_writes_held')).toBe(0);
  expect(await shop.figure('gateway_writes_held_total', 'outcome="answered"')).toBeGreaterThan(0);
  expect(await shop.figure('gateway_writes_total', 'translated="false"')).toBe(0);
}, 120_000);

test('a gateway that is killed in the middle learns anew who owns, and its callers’ writes are done once', async () => {
  const writers = await startWriters(shop, WRITERS);
  await goOn(writers);
  for (const side of ['service', 'monolith'] as const) {
    const moved = shop.move(side);
    await shop.restartGateway();
    await moved;
    await goOn(writers);
    await shop.restartGateway();
    await goOn(writers);
  }
  await shop.move('service');
  await shop.restartGateway();
  await goOn(writers);
  expect(await shop.figure('gateway_owner_epoch')).toBeGreaterThan(1);
  const report = await writers.stop();
  // Nobody writes by now who could teach it.
  await shop.restartGateway();
  expect(await shop.figure('gateway_owner_epoch')).toBe(0);
  await expectNothingLost(report);
  expect(sentAway(report)).toBeLessThanOrEqual(WRITERS);
}, 120_000);

test('a service that is killed while it owns breaks off writes, and none of them is lost or done twice', async () => {
  await shop.move('service');
  const writers = await startWriters(shop, WRITERS);
  await goOn(writers);
  for (let round = 0; round < 3; round += 1) {
    process.kill(shop.service().pid, 'SIGKILL');
    await shop.service().ended;
    await shop.startService();
    await goOn(writers);
  }
  const report = await writers.stop();
  await expectNothingLost(report);
  // It is away for less than a write is held, or each writer hears once a time that it shall come again.
  expect(sentAway(report)).toBeLessThanOrEqual(3 * WRITERS);
  expect(report.unanswered).toBe(0);
}, 120_000);

const draft = (sku: string) => ({
  ...{ sku, name: 'N', description: 'D', category: 'tea', price: { amount: 1, currency: 'EUR' } },
});

test('a write that a frozen service has not answered is in flight there', async () => {
  await shop.restartGateway({ GATEWAY_WRITE_PATIENCE_MS: '60000', GATEWAY_DEADLINE_MS: '60000' });
  await shop.move('service');
  const inFlight = () => shop.figure('gateway_requests_in_flight', 'side="service"');
  expect(await inFlight()).toBe(0);
  process.kill(shop.service().pid, 'SIGSTOP');
  const write = shop.through('POST', '/products', draft('FROZEN-1'));
  try {
    await until(async () => (await inFlight()) === 1);
  } finally {
    process.kill(shop.service().pid, 'SIGCONT');
  }
  expect((await write).headers.get('x-served-by')).toBe('catalog');
  expect(await inFlight()).toBe(0);
  await shop.restartGateway();
}, 120_000);

test('while nobody may write, so many are held as may be, the others shall come again, and a move given up lets all go on', async () => {
  await shop.restartGateway({ GATEWAY_MAX_HELD_WRITES: '2', GATEWAY_HOLD_MS: '20000' });
  await shop.sql(
    'monolith',
    `UPDATE catalog.ownership SET state = 'DRAINING', target = 'service', attempt = attempt + 1`,
  );
  const held = ['HELD-1', 'HELD-2'].map((sku) => shop.through('POST', '/products', draft(sku)));
  await until(async () => (await shop.figure('gateway_writes_held')) === 2);
  const third = await shop.through('POST', '/products', draft('HELD-3'));
  expect([third.status, third.headers.get('retry-after'), third.headers.get('x-served-by')]).toEqual([
    503,
    '1',
    'gateway',
  ]);
  // Reads go on.
  expect((await shop.through('GET', '/products')).status).toBe(200);
  expect(await abortMove(shop.replica, 'monolith')).toBe(true);
  expect((await Promise.all(held)).map(({ status }) => status)).toEqual([201, 201]);
  expect(await shop.figure('gateway_writes_held_total', 'outcome="full"')).toBe(1);
  expect(await shop.sql('monolith', "SELECT FROM catalog.products WHERE sku LIKE 'HELD-%'")).toHaveLength(2);
  await shop.restartGateway();
}, 60_000);
