import { Agent, request } from 'undici';
import { startChild } from '#platform/children.ts';
import { until } from '#platform/testing/until.ts';
import { DEFAULT_TRUST } from '../strangler/gateway/trust.ts';
import { shopsOfEachTest, type RunningShop } from './testing.ts';

const { place, start } = shopsOfEachTest();

type ShopBehindGateway = RunningShop & { readonly monolith: string };

const startBehindGateway = async () => (await start(await place())) as ShopBehindGateway;

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;

/** More than the gateway lets through at once. */
const CALLERS = DEFAULT_TRUST.maxInFlight + 200;
const ACCEPTED = 4 * DEFAULT_TRUST.maxInFlight;
/** Of a caller who was refused: much less than he was told to wait. */
const PAUSE_MS = 50;
const PARTS = 10;

interface Answer {
  readonly status: number;
  readonly code: string | undefined;
  /** How many good answers the others got while this one was waited for. */
  readonly overtakenBy: number;
}

/** Every caller asks again and again, until so many answers are good. @returns all answers, in their order. */
async function overload(url: string, callers: number, enough: number): Promise<readonly Answer[]> {
  const dispatcher = new Agent({ connections: callers, headersTimeout: 0, bodyTimeout: 0 });
  const answers: Answer[] = [];
  let good = 0;
  async function ask(): Promise<void> {
    while (good < enough) {
      const before = good;
      const { statusCode: status, body } = await request(url, { dispatcher });
      const { code } = (await body.json()) as { code?: string };
      if (status === 200) good += 1;
      answers.push({ status, code, overtakenBy: good - before });
      if (status !== 200) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
  await Promise.all(Array.from({ length: callers }, ask));
  await dispatcher.close();
  return answers;
}

test('of more callers than the shop can bear the excess is refused at once, and all others are answered', async () => {
  const shop = await startBehindGateway();
  const answers = await overload(`${shop.shop}/products?pageSize=50`, CALLERS, ACCEPTED);
  const accepted = answers.filter(({ status }) => status === 200);
  const refused = answers.filter(({ status }) => status !== 200);
  // Nobody hung, nobody waited in vain, and nobody was told anything else.
  expect(new Set(refused.map(({ status, code }) => `${status} ${code}`))).toEqual(
    new Set(['503 overloaded']),
  );
  // From the beginning to the end.
  const length = Math.ceil(answers.length / PARTS);
  for (let part = 0; part < PARTS; part += 1) {
    const among = answers.slice(part * length, (part + 1) * length);
    expect(among.filter(({ status }) => status === 200).length).toBeGreaterThan(0);
  }
  // Who is accepted stands in a row of hundreds; who is refused in none.
  const waited = (some: readonly Answer[]) => median(some.map(({ overtakenBy }) => overtakenBy));
  expect(accepted.length).toBeGreaterThanOrEqual(ACCEPTED);
  expect(waited(refused)).toBeLessThan(waited(accepted) / 4);
  expect((await fetch(`${shop.shop}/products`)).status).toBe(200);
});

test('a monolith that stands still is waited for until the deadline, then left alone, and trusted when it goes on', async () => {
  const DEADLINE_MS = 1_000;
  const shop = await startBehindGateway();
  const gateway = await startChild('gateway', 'strangler/gateway/main.ts', {
    GATEWAY_PORT: '0',
    GATEWAY_MONOLITH_URL: shop.monolith,
    GATEWAY_DEADLINE_MS: String(DEADLINE_MS),
    SHOP_LOG_LEVEL: 'error',
  });
  const ask = async () => {
    const begin = performance.now();
    const answer = await fetch(`http://127.0.0.1:${gateway.port}/products?pageSize=1`);
    const { code } = (await answer.json()) as { code?: string };
    return {
      status: answer.status,
      code,
      retryAfter: answer.headers.get('retry-after'),
      ms: performance.now() - begin,
    };
  };
  expect(await ask()).toMatchObject({ status: 200 });
  process.kill(shop.pids.monolith, 'SIGSTOP');
  try {
    for (let round = 0; round < DEFAULT_TRUST.failuresToOpen; round += 1) {
      const { ms, ...said } = await ask();
      expect(said).toEqual({ status: 503, code: 'deadline_exceeded', retryAfter: '1' });
      expect(ms).toBeGreaterThanOrEqual(DEADLINE_MS - 1);
    }
    expect(await ask()).toMatchObject({ status: 503, code: 'unavailable', retryAfter: '1' });
    expect((await fetch(`http://127.0.0.1:${gateway.port}/health/live`)).status).toBe(200);
  } finally {
    process.kill(shop.pids.monolith, 'SIGCONT');
  }
  await until(async () => (await ask()).status === 200);
  await gateway.stop();
});
