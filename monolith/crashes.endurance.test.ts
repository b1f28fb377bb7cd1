import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { newId } from '#platform/ids.ts';
import { audit } from './testing/audit.ts';
import { expireLeases, openGround, type Ground } from './testing/ground.ts';
import {
  checkoutWith,
  newBuyer,
  PAYMENT_TIMEOUT_MS,
  startMonolith,
  type Buyer,
  type MonolithProcess,
  type Sent,
} from './testing/monolith-process.ts';

/** Passed by nobody but a request that is repeated. */
const ADOPTED = 'adopt.taken';
/** Every failpoint that the monolith's source names. */
const allFailpoints = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
  .flatMap((path) => [
    ...readFileSync(join(import.meta.dirname, path), 'utf8').matchAll(/\bfailpoint\('([^']+)'\)/g),
  ])
  .map(([, name = '']) => name);
/** Passed by a customer's first request; the others only by one that goes on with an order. */
const failpoints = allFailpoints.filter((name) => name !== ADOPTED);

/** One for all: after each crash, the books of everything that was ever bought have to agree. */
let ground: Ground;
/** Its settlement worker looks once and sleeps: whatever is brought to rest here, a request brings to rest. */
const WORKER_ASLEEP = { SHOP_SETTLEMENT_INTERVAL_MS: '3600000' };
let asleep: MonolithProcess;
const running: MonolithProcess[] = [];

beforeAll(async () => {
  ground = await openGround();
  asleep = await startMonolith(ground, WORKER_ASLEEP);
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((monolith) => monolith.stop()));
});
afterAll(async () => {
  await asleep.stop();
  await ground.close();
});

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

/** What an answer says of an order, in one word or two. */
const truth = (answer: Sent | undefined) => {
  const { status, code, payment } = answer?.body ?? {};
  return [answer?.status, code ?? status, (payment as { status: string } | undefined)?.status]
    .join(' ')
    .trim();
};
const FINAL = /^(201 confirmed captured|402 payment_declined|200 cancelled refunded)$/;

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
  expect(allFailpoints.length).toBeGreaterThanOrEqual(10);
  expect(new Set(allFailpoints).size).toBe(allFailpoints.length);
  expect(allFailpoints).toContain(ADOPTED);
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
    await atRest();
    expect(await audit(ground)).toEqual([]);

    if (unanswered) {
      const { buyer, request } = unanswered;
      expect(truth(await buyer.send(next, ...request))).toMatch(FINAL);
      expect(await audit(ground)).toEqual([]);
      const orders = await buyer.send(next, 'GET', '/orders');
      expect(orders?.body['orders']).toHaveLength(1);
    }
  },
);

const repeatable = failpoints.filter((name) => !name.startsWith('settle.'));

test.each(repeatable)(
  'a request whose monolith is killed at %s gets the final answer from the next one, when it is repeated there',
  async (failpoint) => {
    const doomed = await start({ ...WORKER_ASLEEP, SHOP_FAILPOINT: failpoint });
    const unanswered = await shopUntilItDies(doomed);
    expect(await doomed.ended).toBe('SIGKILL');
    if (unanswered === undefined) throw new Error(`no request died at ${failpoint}`);
    const { buyer, request } = unanswered;
    const repeated = buyer.send(asleep, ...request);
    await expireLeases(ground);
    const answer = await repeated;
    expect(truth(answer)).toMatch(FINAL);
    expect(await audit(ground)).toEqual([]);
    expect(await buyer.send(asleep, ...request)).toEqual({ ...answer, body: sameBut(answer, 'requestId') });
    expect((await buyer.send(asleep, 'GET', '/orders'))?.body['orders']).toHaveLength(1);
  },
);

const sameBut = (answer: Sent | undefined, member: string): Record<string, unknown> =>
  member in (answer?.body ?? {})
    ? { ...answer?.body, [member]: expect.any(String) as string }
    : { ...answer?.body };

test('a request whose second monolith dies as well, when it has taken the order up, gets the answer from a third', async () => {
  const [first, second] = await Promise.all([
    start({ ...WORKER_ASLEEP, SHOP_FAILPOINT: 'checkout.opened' }),
    start({ ...WORKER_ASLEEP, SHOP_FAILPOINT: ADOPTED }),
  ]);
  const buyer = await newBuyer(ground);
  const request = ['POST', '/orders', checkoutWith('tok_ok'), newId()] as const;
  expect(await buyer.send(first, ...request)).toBeUndefined();
  const lease = Date.now();
  // No clock is turned here: the leases of the dead run out by themselves.
  expect(await buyer.send(second, ...request)).toBeUndefined();
  expect(await second.ended).toBe('SIGKILL');
  expect(truth(await buyer.send(asleep, ...request))).toBe('201 confirmed captured');
  expect(Date.now() - lease).toBeGreaterThan(PAYMENT_TIMEOUT_MS);
  expect(await audit(ground)).toEqual([]);
});
