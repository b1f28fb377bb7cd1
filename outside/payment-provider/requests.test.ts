import { startProvider } from './testing.ts';

const anyText = expect.any(String) as string;
const PROBLEM = 'application/problem+json; charset=utf-8';

test('every violated rule is named with its place', async () => {
  await using provider = await startProvider();
  const { status, type, body } = await provider.post('/charges', { token: '', amount: 1.5, currency: 'eur' });
  expect({ status, type, code: body['code'] }).toEqual({
    status: 400,
    type: PROBLEM,
    code: 'invalid_request',
  });
  const pointers = (body['violations'] as { pointer: string }[]).map(({ pointer }) => pointer);
  expect(pointers).toEqual(['/headers/idempotency-key', '/body/token', '/body/amount', '/body/currency']);
});

const good = { token: 'tok_ok', amount: 1299, currency: 'EUR' };

test.each<[string, string, unknown, string, number]>([
  ['an amount of nothing', '/charges', { ...good, amount: 0 }, 'k', 400],
  ['an amount as text', '/charges', { ...good, amount: '1299' }, 'k', 400],
  ['an unknown member', '/charges', { ...good, discount: 1 }, 'k', 400],
  ['no object', '/charges', [], 'k', 400],
  ['a key of 256 characters', '/charges', good, 'k'.repeat(256), 400],
  ['a key with a space', '/charges', good, 'k k', 400],
  ['a void without a key', '/voids', {}, 'k', 400],
  ['a refund of an empty key', '/refunds', { key: '' }, 'k', 400],
  ['malformed JSON', '/charges', '{"token":', 'k', 400],
  ['a body beyond the limit', '/charges', { ...good, token: 'x'.repeat(20_000) }, 'k', 413],
  ['an unknown route', '/payouts', good, 'k', 404],
])('%s is refused as a problem, and the ledger stays empty', async (_what, path, body, key, status) => {
  await using provider = await startProvider();
  const reply = await provider.post(path, body, { 'idempotency-key': key });
  expect(reply).toMatchObject({ status, type: PROBLEM, body: { status, code: anyText } });
  expect(JSON.stringify(reply.body)).not.toMatch(/ at .*:\d+/);
  expect(provider.ledger.entries()).toEqual([]);
});

test('a key of 255 characters is accepted everywhere', async () => {
  await using provider = await startProvider();
  const key = `a/b?c#d%${'k'.repeat(247)}`;
  const { status, body } = await provider.charge(key, 'tok_ok');
  expect(status).toBe(201);
  expect((await provider.get(`/charges/${encodeURIComponent(key)}`)).body).toEqual(body);
  expect(await provider.history(key)).toEqual(['charge']);
});
