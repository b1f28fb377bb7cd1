import { createLogger } from '#platform/logger.ts';
import { createShutdown } from '#platform/shutdown.ts';
import { createBuyers } from './buyers.ts';
import type { LoopRequest } from './client/closed-loop.ts';
import { openPlace } from './place.ts';
import { readRequests, type Reads } from './routes.ts';
import { startSubjects, type Subject } from './subjects.ts';
import { findWords } from './words.ts';

const shutdown = createShutdown(createLogger({ name: 'test', level: 'error', format: 'json' }));
let subjects: Awaited<ReturnType<typeof startSubjects>>;
let reads: Reads;
let purchases: readonly LoopRequest[];

beforeAll(async () => {
  const place = await openPlace({ shutdown, disposable: true });
  const shop = await place.addShop('bench', 500);
  subjects = await startSubjects(place, shop);
  reads = await readRequests(subjects.monolith.origin, shop.pool, await findWords(shop.pool));
  purchases = await (await createBuyers(shop.pool, 2)).prepare();
});
afterAll(() => shutdown.stop());

async function ask({ origin }: Subject, { path, method, headers, body }: LoopRequest) {
  const response = await fetch(origin + path, { method, ...(headers && { headers }), ...(body && { body }) });
  return { response, body: (await response.json()) as Record<string, unknown> };
}

test.each(['by-id', 'list', 'list-deep', 'search-common', 'search-rare'] as const)(
  '%s has the same body whoever answers',
  async (route) => {
    const [request] = reads[route];
    if (request === undefined) throw new Error('there is no request');
    const { response, body } = await ask(subjects.monolith, request);
    expect(response.status).toBe(200);
    expect(JSON.stringify(body).length).toBeGreaterThan(200);
    expect((await ask(subjects.baseline, request)).body).toEqual(body);
    expect((await ask(subjects.bare, request)).body).toEqual(body);
  },
);

test('each of these lists has products, and the common word has more of them than the rare one', async () => {
  const count = async (route: keyof Reads) => {
    const request = reads[route][0] as LoopRequest;
    return ((await ask(subjects.baseline, request)).body['products'] as unknown[]).length;
  };
  expect(await count('list')).toBe(24);
  expect(await count('list-deep')).toBe(24);
  expect(await count('search-common')).toBe(24);
  expect(await count('search-rare')).toBeGreaterThan(0);
  expect(await count('search-rare')).toBeLessThan(24);
});

test('the baseline has the headers of every answer of the monolith, and bare has them not', async () => {
  const request = reads.list[0] as LoopRequest;
  const namesOf = async (subject: Subject) => [...(await ask(subject, request)).response.headers.keys()];
  const names = await namesOf(subjects.monolith);
  expect(await namesOf(subjects.baseline)).toEqual(names);
  expect(names).toContain('content-security-policy');
  expect(await namesOf(subjects.bare)).not.toContain('content-security-policy');
});

test('a purchase has the same shape and the same price at both', async () => {
  const [first, second] = purchases as [LoopRequest, LoopRequest];
  const monolith = await ask(subjects.monolith, first);
  const baseline = await ask(subjects.baseline, second);
  for (const { response, body } of [monolith, baseline]) {
    expect(response.status).toBe(201);
    expect(body).toMatchObject({ status: 'confirmed', payment: { status: 'captured' } });
    const items = body['items'] as { quantity: number; unitPrice: { amount: number } }[];
    expect(items).toHaveLength(2);
    const amount = items.reduce((sum, { quantity, unitPrice }) => sum + quantity * unitPrice.amount, 0);
    expect(body['total']).toEqual({ amount, currency: 'EUR' });
  }
  expect(Object.keys(baseline.body).sort()).toEqual(Object.keys(monolith.body).sort());
});
