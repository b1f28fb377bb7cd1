import { setTimeout as sleep } from 'node:timers/promises';
import { startProvider, until } from './testing.ts';

const anyText = expect.any(String) as string;
const PROBLEM = 'application/problem+json; charset=utf-8';

test('a good token is captured, and the ledger says so once', async () => {
  await using provider = await startProvider();
  const { status, body } = await provider.charge('k', 'tok_ok');
  expect(status).toBe(201);
  expect(body).toEqual({
    id: anyText,
    key: 'k',
    status: 'captured',
    amount: 1299,
    currency: 'EUR',
    createdAt: anyText,
  });
  expect((await provider.get('/ledger?key=k')).body).toEqual({
    entries: [
      { type: 'charge', key: 'k', id: body['id'], amount: 1299, currency: 'EUR', at: body['createdAt'] },
    ],
  });
  expect((await provider.get('/charges/k')).body).toEqual(body);
});

test.each(['tok_declined', 'tok_unheard_of'])('%s is declined, and stays declined', async (token) => {
  await using provider = await startProvider();
  const first = await provider.charge('k', token);
  expect(first).toMatchObject({ status: 402, body: { code: 'card_declined', status: 'declined' } });
  expect(await provider.charge('k', token)).toEqual(first);
  expect(await provider.history('k')).toEqual(['decline']);
});

test.each(['tok_ok', 'tok_slow'])(
  'twenty charges at once with one key and %s are one charge',
  async (token) => {
    await using provider = await startProvider();
    const replies = await Promise.all(Array.from({ length: 20 }, () => provider.charge('k', token)));
    expect(replies.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 201));
    expect(new Set(replies.map(({ body }) => body['id'])).size).toBe(1);
    expect(await provider.history('k')).toEqual(['charge']);
  },
);

test('a key that was used for another charge is refused, whether that one is done or under way', async () => {
  await using provider = await startProvider();
  const reused = { status: 409, type: PROBLEM, body: { code: 'idempotency_key_reused', status: 409 } };
  await provider.charge('done', 'tok_ok');
  expect(await provider.charge('done', 'tok_slow')).toMatchObject(reused);
  expect(await provider.charge('done', 'tok_ok', { amount: 1 })).toMatchObject(reused);
  expect(await provider.charge('done', 'tok_ok', { currency: 'USD' })).toMatchObject(reused);

  const slow = provider.charge('slow', 'tok_slow');
  await sleep(50);
  expect(await provider.charge('slow', 'tok_ok')).toMatchObject(reused);
  expect((await slow).status).toBe(201);
  expect(await provider.history('slow')).toEqual(['charge']);
});

test('while a slow charge is under way nothing is known of its key', async () => {
  await using provider = await startProvider();
  const slow = provider.charge('k', 'tok_slow');
  await sleep(50);
  expect(await provider.history('k')).toEqual([]);
  expect(await provider.get('/charges/k')).toMatchObject({ status: 404, body: { code: 'not_found' } });
  expect((await slow).status).toBe(201);
  expect(await provider.history('k')).toEqual(['charge']);
});

test('a repeat of a slow charge waits for the first, and starts no wait of its own', async () => {
  await using provider = await startProvider({ slowMs: 1_000 });
  const first = provider.charge('k', 'tok_slow');
  await sleep(800);
  const repeated = performance.now();
  const second = await provider.charge('k', 'tok_slow');
  expect(performance.now() - repeated).toBeLessThan(700);
  expect(await first).toEqual(second);
});

test.each(['/voids', '/refunds'])('%s during a slow charge wins: the money is never taken', async (path) => {
  await using provider = await startProvider();
  const slow = provider.charge('k', 'tok_slow');
  await sleep(50);
  expect(await provider.post(path, { key: 'k' })).toMatchObject({ status: 200, body: { status: 'voided' } });
  expect(await slow).toMatchObject({ status: 409, body: { code: 'voided', status: 'voided' } });
  expect(await provider.history('k')).toEqual(['void']);
});

test('the answer to a lost charge never comes, and the answer to its repeat does', async () => {
  await using provider = await startProvider();
  const patience = new AbortController();
  let answered = false;
  const lost = provider.charge('k', 'tok_lost', { signal: patience.signal }).then(() => (answered = true));
  const gaveUp = expect(lost).rejects.toThrow(/aborted/);
  await until(async () => (await provider.history('k')).length > 0);

  const repeat = await provider.charge('k', 'tok_lost');
  expect(repeat).toMatchObject({ status: 201, body: { status: 'captured' } });
  expect(await provider.history('k')).toEqual(['charge']);
  await sleep(100);
  expect(answered).toBe(false);
  patience.abort();
  await gaveUp;
});

test('a voided key is never charged, however often it is voided or charged', async () => {
  await using provider = await startProvider();
  const voided = await provider.post('/voids', { key: 'k' });
  expect(voided).toMatchObject({ status: 200, body: { key: 'k', status: 'voided' } });
  expect(await provider.post('/voids', { key: 'k' })).toEqual(voided);
  for (const token of ['tok_ok', 'tok_slow', 'tok_lost', 'tok_declined']) {
    expect(await provider.charge('k', token)).toMatchObject({ status: 409, body: { code: 'voided' } });
  }
  expect(await provider.post('/refunds', { key: 'k' })).toEqual(voided);
  expect(await provider.history('k')).toEqual(['void']);
});

test('a void that comes after the charge changes nothing and shows the charge', async () => {
  await using provider = await startProvider();
  const { body: charge } = await provider.charge('k', 'tok_ok');
  expect(await provider.post('/voids', { key: 'k' })).toMatchObject({
    status: 409,
    body: { code: 'already_captured', status: 'captured', charge },
  });
  expect((await provider.charge('k', 'tok_ok')).body).toEqual(charge);
  expect(await provider.history('k')).toEqual(['charge']);
});

test('of a charge and a void at the same moment exactly one wins, and both callers hear which', async () => {
  await using provider = await startProvider();
  for (let round = 0; round < 20; round += 1) {
    const key = `k${round}`;
    const [charge, voided] = await Promise.all([
      provider.charge(key, 'tok_ok'),
      provider.post('/voids', { key }),
    ]);
    expect([charge.body['status'], voided.body['status']]).toEqual(
      charge.status === 201 ? ['captured', 'captured'] : ['voided', 'voided'],
    );
    expect(await provider.history(key)).toEqual([charge.status === 201 ? 'charge' : 'void']);
  }
});

test('a charge is given back once, however often that is asked, and then not taken again', async () => {
  await using provider = await startProvider();
  const { body: charge } = await provider.charge('k', 'tok_ok');
  const refunds = await Promise.all(Array.from({ length: 5 }, () => provider.post('/refunds', { key: 'k' })));
  for (const refund of refunds) {
    expect(refund).toMatchObject({ status: 200, body: { ...charge, status: 'refunded' } });
  }
  expect(await provider.history('k')).toEqual(['charge', 'refund']);
  expect(await provider.charge('k', 'tok_ok')).toMatchObject({ status: 409, body: { code: 'refunded' } });
  expect(await provider.post('/voids', { key: 'k' })).toMatchObject({
    status: 200,
    body: { status: 'refunded' },
  });
  expect(await provider.history('k')).toEqual(['charge', 'refund']);
});

test.each(['/voids', '/refunds'])('%s leaves a declined key declined', async (path) => {
  await using provider = await startProvider();
  await provider.charge('k', 'tok_declined');
  expect(await provider.post(path, { key: 'k' })).toMatchObject({
    status: 200,
    body: { status: 'declined' },
  });
  expect(await provider.history('k')).toEqual(['decline']);
});

test('the whole ledger is listed in order', async () => {
  await using provider = await startProvider();
  await provider.charge('a', 'tok_ok');
  await provider.post('/voids', { key: 'b' });
  await provider.post('/refunds', { key: 'a' });
  const { entries } = (await provider.get('/ledger')).body as { entries: object[] };
  expect(entries).toMatchObject([
    { type: 'charge', key: 'a' },
    { type: 'void', key: 'b' },
    { type: 'refund', key: 'a', amount: 1299, currency: 'EUR' },
  ]);
});

test('a provider that cannot write says that it is not ready, and charges nobody', async () => {
  await using provider = await startProvider();
  expect((await provider.get('/health/live')).status).toBe(200);
  expect((await provider.get('/health/ready')).status).toBe(200);
  await provider.ledger.close();
  expect(await provider.charge('k', 'tok_ok')).toMatchObject({ status: 500, body: { code: 'internal' } });
  expect((await provider.get('/health/ready')).status).toBe(503);
  expect((await provider.get('/health/live')).status).toBe(200);
});
