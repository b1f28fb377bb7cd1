import { answer, die, hang, startBackend, startBalancer, until, type Behaviour } from './testing.ts';

const UUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/;

test.each<[string, Behaviour]>([
  ['before it answers', die()],
  ['in the middle of its answer', die('half')],
])('a write whose backend dies %s is sent to the other under the same key', async (_when, dying) => {
  await using one = await startBackend(dying);
  await using other = await startBackend(dying);
  await using balancer = await startBalancer([one, other]);
  // Whoever is asked first dies; the second answers.
  one.behave = other.behave = (request, response) => {
    const first = one.received.length + other.received.length === 1;
    (first ? dying : answer(201, 'whole'))(request, response);
  };
  const response = await balancer.post('/carts', '{"a":1}');
  expect({ status: response.status, text: await response.text() }).toEqual({ status: 201, text: 'whole' });
  const attempts = [...one.received, ...other.received];
  expect(attempts).toHaveLength(2);
  expect(attempts.map(({ body }) => body)).toEqual(['{"a":1}', '{"a":1}']);
  const [first, second] = attempts.map(({ headers }) => headers['idempotency-key']);
  expect(first).toMatch(UUID);
  expect(second).toBe(first);
});

test("a caller's own key is kept, and a read is given none", async () => {
  await using backend = await startBackend();
  await using balancer = await startBalancer([backend]);
  await balancer.post('/orders', '{}', { 'idempotency-key': 'mine' });
  await balancer.fetch('/orders');
  await balancer.fetch('/orders', { method: 'DELETE' });
  const keys = backend.received.map(({ headers }) => headers['idempotency-key']);
  expect(keys).toEqual(['mine', undefined, expect.stringMatching(UUID)]);
});

test('where the shop demands the caller’s own key, none is added', async () => {
  await using backend = await startBackend();
  await using balancer = await startBalancer([backend], { LOAD_BALANCER_CALLERS_KEYS: 'POST /orders' });
  for (const path of ['/orders', '/Orders/?a=1', '/orders/1/cancel']) await balancer.post(path);
  const keys = backend.received.map(({ headers }) => headers['idempotency-key']);
  expect(keys).toEqual([undefined, undefined, expect.stringMatching(UUID)]);
});

test('a backend that hangs is given up after the deadline, and another answers', async () => {
  await using one = await startBackend(hang);
  await using other = await startBackend(answer(200, 'other'));
  await using balancer = await startBalancer([one, other], { LOAD_BALANCER_ATTEMPT_MS: '300' });
  const texts = await Promise.all([0, 1].map(async () => (await balancer.fetch('/slow')).text()));
  expect(texts).toEqual(['other', 'other']);
  expect(one.received).toHaveLength(1);
});

test('a request waits for a backend to become ready', async () => {
  await using backend = await startBackend();
  backend.ready = false;
  await using balancer = await startBalancer([backend], { LOAD_BALANCER_PATIENCE_MS: '30000' });
  const waiting = balancer.post('/carts');
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(backend.received).toHaveLength(0);
  backend.ready = true;
  expect((await waiting).status).toBe(200);
});

test('where none becomes ready, the answer is 503 as a problem, with the time to come back', async () => {
  await using balancer = await startBalancer([]);
  const response = await balancer.post('/carts', '{}', { 'x-request-id': 'mine' });
  expect(response.status).toBe(503);
  expect(response.headers.get('retry-after')).toBe('1');
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(await response.json()).toMatchObject({ status: 503, code: 'unavailable', requestId: 'mine' });
});

test('a request that kills whoever answers it ends in 503 after some attempts', async () => {
  await using backend = await startBackend(die());
  await using balancer = await startBalancer([backend]);
  expect((await balancer.post('/poison')).status).toBe(503);
  expect(backend.received).toHaveLength(20);
  expect(new Set(backend.received.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
});

test('an answer of the shop is never sent again, whatever it says', async () => {
  await using backend = await startBackend(answer(503, 'the database is away', { 'retry-after': '7' }));
  await using balancer = await startBalancer([backend]);
  const response = await balancer.post('/carts');
  expect([response.status, response.headers.get('retry-after')]).toEqual([503, '7']);
  expect(backend.received).toHaveLength(1);
});

test('a caller that goes away takes its request along', async () => {
  await using backend = await startBackend();
  let gone = false;
  backend.behave = (_request, response) => void response.once('close', () => (gone = true));
  await using balancer = await startBalancer([backend]);
  const caller = new AbortController();
  const call = balancer.fetch('/slow', { signal: caller.signal }).catch(() => 'aborted');
  await until(() => backend.received.length === 1);
  caller.abort();
  await until(() => gone);
  expect(await call).toBe('aborted');
  expect(backend.received).toHaveLength(1);
});

test('connections that the backend closes between two requests fail nobody', async () => {
  // It closes each connection at the moment at which the next request comes along it.
  let answered = 0;
  await using backend = await startBackend((_request, response) => {
    const { socket } = response;
    answered += 1;
    response.end('done', () => answered % 2 === 0 && setImmediate(() => socket?.destroy()));
  });
  await using balancer = await startBalancer([backend]);
  for (let round = 0; round < 200; round += 1) {
    const response = await balancer.post('/carts', String(round));
    expect(await response.text()).toBe('done');
  }
  expect(new Set(backend.received.map(({ body }) => body)).size).toBe(200);
});
