import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { newId } from '#platform/ids.ts';
import { audit } from './testing/audit.ts';
import { expireLeases, openGround, type Ground } from './testing/ground.ts';
import {
  checkoutWith,
  newBuyer,
  startMonolith,
  type Buyer,
  type MonolithProcess,
} from './testing/monolith-process.ts';

/** Every failpoint that the monolith's source names. */
const failpoints = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
  .flatMap((path) => [
    ...readFileSync(join(import.meta.dirname, path), 'utf8').matchAll(/\bfailpoint\('([^']+)'\)/g),
  ])
  .map(([, name = '']) => name);

/** One for all: after each crash, the books of everything that was ever bought have to agree. */
let ground: Ground;
const running: MonolithProcess[] = [];

beforeAll(async () => {
  ground = await openGround();
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((monolith) => monolith.stop()));
});
afterAll(() => ground.close());

async function start(settings?: Record<string, string>): Promise<MonolithProcess> {
  const monolith = await startMonolith(ground, settings);
  running.push(monolith);
  return monolith;
}

/** What a customer sent when the monolith died, to be sent again. */
interface Unanswered {
  readonly buyer: Buyer;
  readonly request: Parameters<Buyer['send']> extends [unknown, ...infer Rest] ? Rest : never;
}

/** Passes every failpoint: orders of each kind, a cancellation, an order that is left to the settlement worker. */
async function shopUntilItDies(monolith: MonolithProcess): Promise<Unanswered | undefined> {
  const buyers = [await newBuyer(ground), await newBuyer(ground), await newBuyer(ground)] as const;
  const [confirmed, declined, lost] = buyers;
  const send = async (buyer: Buyer, ...request: Unanswered['request']) => ({
    answer: await buyer.send(monolith, ...request),
    buyer,
    request,
  });

  const steps = [
    () => send(confirmed, 'POST', '/orders', checkoutWith('tok_ok'), newId()),
    async () => {
      const orders = (await confirmed.send(monolith, 'GET', '/orders'))?.body['orders'] as
        { id: string }[] | undefined;
      const [order] = orders ?? [];
      return send(confirmed, 'POST', `/orders/${order?.id}/cancel`);
    },
    () => send(declined, 'POST', '/orders', checkoutWith('tok_declined'), newId()),
    () => send(lost, 'POST', '/orders', checkoutWith('tok_lost'), newId()),
  ];
  for (const step of steps) {
    const { answer, ...unanswered } = await step();
    if (answer === undefined) return unanswered;
  }
  await expireLeases(ground);
  return undefined;
}

async function atRest(): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    await expireLeases(ground);
    const [{ open } = { open: 0 }] = await ground.sql<{ open: number }>(
      `SELECT count(*)::int AS open FROM orders WHERE step <> 'done'`,
    );
    if (open === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('the source names failpoints, each once', () => {
  expect(failpoints.length).toBeGreaterThanOrEqual(10);
  expect(new Set(failpoints).size).toBe(failpoints.length);
});

test('without a crash the same shopping ends with books that agree', async () => {
  expect(await shopUntilItDies(await start())).toBeUndefined();
  await atRest();
  expect(await audit(ground)).toEqual([]);
});

test.each(failpoints)(
  'a monolith that is killed at %s leaves nothing that the next one does not bring to rest',
  async (failpoint) => {
    const doomed = await start({ SHOP_FAILPOINT: failpoint });
    const unanswered = await shopUntilItDies(doomed);
    expect(await doomed.ended).toBe('SIGKILL');

    const next = await start();
    if (unanswered) {
      const { buyer, request } = unanswered;
      const answer = await buyer.send(next, ...request);
      // Within the lease an order that nobody works on any more is truthfully still pending.
      expect([200, 201, 402]).toContain(answer?.status);
    }
    await atRest();
    expect(await audit(ground)).toEqual([]);

    if (unanswered) {
      const { buyer, request } = unanswered;
      const settled = await buyer.send(next, ...request);
      expect(settled?.body['status']).not.toBe('pending');
      const orders = await buyer.send(next, 'GET', '/orders');
      expect(orders?.body['orders']).toHaveLength(1);
    }
  },
);
