import type { KnownOwner } from '#platform/held-writes.ts';
import { ShopError } from '#platform/errors.ts';
import { until } from '#platform/testing/until.ts';
import { answer, die } from '../testing.ts';
import {
  ADMIN,
  bearer,
  done,
  ID,
  PRODUCT,
  refusal,
  refuse,
  startWritableShop,
  type WritableShop,
} from './testing.ts';

const AT_MONOLITH: KnownOwner = { owner: 'monolith', epoch: 1, state: 'ACTIVE' };
const DRAINING: KnownOwner = { ...AT_MONOLITH, state: 'DRAINING' };
const AT_SERVICE: KnownOwner = { owner: 'service', epoch: 2, state: 'ACTIVE' };
const BACK: KnownOwner = { owner: 'monolith', epoch: 3, state: 'ACTIVE' };

const by = ({ headers }: Response) => headers.get('x-served-by');
const keys = ({ monolith, service }: WritableShop) => [
  ...monolith.received.map(({ headers }) => String(headers['idempotency-key'])),
  ...service.calls.map(({ request }) => String(request.requestId)),
];

test('a write goes to the monolith as long as nothing else was heard, and says that it would hear of another owner', async () => {
  await using shop = await startWritableShop();
  const response = await shop.patch({ 'x-want-owner': 'orders', 'x-caller-id': 'somebody', 'x-epoch': '9' });
  expect([response.status, by(response)]).toEqual([201, 'monolith']);
  const [{ headers } = { headers: {} }] = shop.monolith.received;
  expect(headers).toMatchObject({ 'x-want-owner': 'catalog' });
  expect(headers).not.toHaveProperty('x-caller-id');
  expect(headers).not.toHaveProperty('x-epoch');
  // What it told is between the two.
  expect(response.headers.get('x-owner')).toBeNull();
  expect(shop.hint.current()).toEqual({ owner: 'monolith', epoch: 1 });
});

test('a write that the monolith refuses goes on at the service under the same key and caller, and the next goes there at once', async () => {
  await using shop = await startWritableShop();
  shop.monolith.behave = refuse(AT_SERVICE);
  const response = await shop.patch({ 'if-match': '"6"' });
  expect([response.status, by(response)]).toEqual([200, 'catalog']);
  expect(response.headers.get('etag')).toBe('"7"');
  expect(await response.json()).toMatchObject({ id: ID, price: { amount: 100, currency: 'EUR' } });
  const [call] = shop.service.calls;
  expect(call?.request).toMatchObject({ id: ID, product: { name: 'Pot' }, etag: '"6"' });
  expect(['x-epoch', 'x-caller-id'].map((name) => call?.metadata.get(name))).toEqual([['2'], [ADMIN]]);
  const [first, second] = keys(shop);
  expect(first).toMatch(/^[0-9a-f-]{36}$/);
  expect(second).toBe(first);

  await shop.patch({ 'idempotency-key': 'mine' });
  expect(shop.monolith.received).toHaveLength(1);
  expect(shop.service.calls[1]?.request.requestId).toBe('mine');
});

test('a write waits while the right is handed over, and is done once by whoever has it then', async () => {
  await using shop = await startWritableShop();
  shop.monolith.behave = refuse(DRAINING);
  const writes = [shop.patch(), shop.patch()];
  await until(async () => (await shop.figures('gateway_writes_held'))[''] === 2);
  shop.monolith.behave = refuse(AT_SERVICE);
  for (const response of await Promise.all(writes))
    expect([response.status, by(response)]).toEqual([200, 'catalog']);
  expect(shop.service.calls).toHaveLength(2);
  expect(new Set(keys(shop)).size).toBe(2);
  expect(await shop.figures('gateway_writes_held')).toEqual({ '': 0 });
  expect(await shop.figures('gateway_writes_held_total')).toEqual({ answered: 2 });
  expect(await shop.figures('gateway_write_held_seconds_count')).toEqual({ '': 2 });
  expect(await shop.figures('gateway_writes_total')).toEqual({ 'service true': 2 });
  expect(await shop.figures('gateway_owner_epoch')).toEqual({ '': 2 });
});

test('a write that the service has not answered is counted as in flight there', async () => {
  await using shop = await startWritableShop();
  shop.hint.learn(AT_SERVICE);
  const { promise, resolve } = Promise.withResolvers<typeof PRODUCT>();
  shop.service.behave = () => promise;
  const write = shop.patch();
  await until(() => shop.service.calls.length === 1);
  expect(await shop.figures('gateway_requests_in_flight')).toEqual({ monolith: 0, service: 1 });
  resolve(PRODUCT);
  expect((await write).status).toBe(200);
  expect(await shop.figures('gateway_requests_in_flight')).toEqual({ monolith: 0, service: 0 });
});

test('a move that is given up costs a wait, and no write', async () => {
  await using shop = await startWritableShop();
  shop.monolith.behave = refuse(DRAINING);
  const write = shop.patch();
  await until(() => shop.monolith.received.length > 2);
  shop.monolith.behave = done();
  expect(by(await write)).toBe('monolith');
  expect(shop.service.calls).toEqual([]);
});

test('a write that the service refuses goes back to the monolith, and waits for it if it has not heard of that yet', async () => {
  await using shop = await startWritableShop();
  shop.hint.learn(AT_SERVICE);
  shop.service.behave = () => Promise.reject(refusal(BACK));
  shop.monolith.behave = refuse({ ...AT_SERVICE, state: 'DRAINING' });
  const write = shop.patch();
  await until(() => shop.monolith.received.length > 1);
  shop.monolith.behave = done(3);
  expect(by(await write)).toBe('monolith');
  expect(shop.hint.current()).toEqual({ owner: 'monolith', epoch: 3 });
  expect(new Set(keys(shop)).size).toBe(1);
  expect(new Set(shop.monolith.received.map(({ body }) => body))).toEqual(new Set(['{"name":"Pot"}']));
});

test('other conflicts are the caller’s, whole', async () => {
  await using shop = await startWritableShop();
  shop.monolith.behave = answer(409, '{"code":"sku_taken"}', { 'x-owner': 'catalog=monolith:1' });
  const response = await shop.patch();
  expect([response.status, await response.text()]).toEqual([409, '{"code":"sku_taken"}']);
  shop.hint.learn(AT_SERVICE);
  shop.service.behave = () => Promise.reject(new ShopError('conflict', 'sku_taken', 'Taken.'));
  const refused = await shop.patch();
  expect([refused.status, by(refused)]).toEqual([409, 'catalog']);
  expect(await refused.json()).toMatchObject({ code: 'sku_taken', detail: 'Taken.' });
});

test('a write that the service breaks off is tried under its key at whoever the monolith says owns', async () => {
  await using shop = await startWritableShop();
  shop.hint.learn(AT_SERVICE);
  shop.monolith.behave = refuse(AT_SERVICE);
  let tries = 0;
  shop.service.behave = async () => {
    if ((tries += 1) < 3) throw new ShopError('unavailable', 'unavailable', 'Going down.');
    return PRODUCT;
  };
  expect(by(await shop.patch())).toBe('catalog');
  expect(new Set(keys(shop)).size).toBe(1);

  // Dead, and the right has come back.
  await shop.service.kill();
  shop.monolith.behave = done(3);
  expect(by(await shop.patch())).toBe('monolith');
  expect(shop.hint.current()).toEqual({ owner: 'monolith', epoch: 3 });
});

test('a write that nobody can do ends with 503 within the deadline, and shall come again', async () => {
  await using shop = await startWritableShop({ deadlineMs: 100 });
  shop.hint.learn(AT_SERVICE);
  await shop.service.kill();
  shop.monolith.behave = refuse(AT_SERVICE);
  const response = await shop.patch();
  expect([response.status, by(response), response.headers.get('retry-after')]).toEqual([503, 'gateway', '1']);
  expect(await shop.figures('gateway_writes_held_total')).toEqual({ late: 1 });
});

test('with the monolith away, the service does what it owns, also for a gateway that has heard of nothing', async () => {
  await using shop = await startWritableShop({ deadlineMs: 100 });
  shop.monolith.behave = die();
  expect(by(await shop.patch())).toBe('catalog');
  // Nobody has told an epoch: none is demanded.
  expect(shop.service.calls[0]?.metadata.get('x-epoch')).toEqual([]);
  shop.service.behave = () => Promise.reject(refusal(AT_MONOLITH));
  const response = await shop.patch();
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({ detail: 'The shop does not answer. Try again soon.' });
});

test('beyond what may be held a write is sent away at once, with a time to come again', async () => {
  await using shop = await startWritableShop({ maxCount: 1 });
  shop.monolith.behave = refuse(DRAINING);
  const held = shop.patch();
  await until(async () => (await shop.figures('gateway_writes_held'))[''] === 1);
  const response = await shop.patch();
  expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
  shop.monolith.behave = done();
  expect((await held).status).toBe(201);
  expect(await shop.figures('gateway_writes_held_total')).toEqual({ full: 1, answered: 1 });
});

test('a caller that hangs up while its write waits leaves at once', async () => {
  await using shop = await startWritableShop();
  shop.monolith.behave = refuse(DRAINING);
  const end = new AbortController();
  const gone = shop.gateway.fetch(`/products/${ID}`, {
    ...{ method: 'DELETE', headers: await bearer(), signal: end.signal },
  });
  await until(async () => (await shop.figures('gateway_writes_held'))[''] === 1);
  end.abort();
  await expect(gone).rejects.toThrow();
  await until(async () => (await shop.figures('gateway_writes_held_total'))['left'] === 1);
});

test('what only the monolith can judge goes there, and it does the rest: it is not told that anybody else would', async () => {
  await using shop = await startWritableShop();
  shop.hint.learn(AT_SERVICE);
  const doubtful: readonly (readonly [Record<string, string>, string?])[] = [
    [{ authorization: '' }],
    [await bearer({ role: 'customer' })],
    [await bearer({ secret: 'another secret, as long as that' })],
    [await bearer({ lifetime: -1 })],
    [await bearer({ sub: 'two words' })],
    [{}, '{"name":""}'],
    [{}, '{}'],
    [{}, '['],
    [{}, '{"price":{"amount":1.5,"currency":"EUR"}}'],
    [{ 'content-type': 'text/plain' }],
    [{ 'content-type': 'application/json; charset=latin1' }],
    [{ 'content-encoding': 'identity' }],
    [{ 'if-match': 'x' }],
    [{ 'idempotency-key': 'two words' }],
  ];
  for (const [headers, body] of doubtful) expect(by(await shop.patch(headers, body))).toBe('monolith');
  expect(shop.service.calls).toEqual([]);
  expect(shop.monolith.received.filter(({ headers }) => 'x-want-owner' in headers)).toEqual([]);
  expect(await shop.figures('gateway_writes_total')).toEqual({ 'monolith false': doubtful.length });

  // What the service's contract has no words for, neither.
  shop.service.behave = () => Promise.reject(new ShopError('invalid_argument', 'invalid_request', 'No.'));
  expect(by(await shop.patch())).toBe('monolith');
  expect(shop.monolith.received.at(-1)?.headers).not.toHaveProperty('x-want-owner');
});

test('writes of others, and reads, are sent on as they are', async () => {
  await using shop = await startWritableShop();
  shop.hint.learn(AT_SERVICE);
  await shop.gateway.fetch(`/products/${ID}`);
  await shop.gateway.fetch('/cart/items/1', { method: 'PUT', body: '{}' });
  expect(shop.monolith.received.filter(({ headers }) => 'x-want-owner' in headers)).toEqual([]);
  expect(shop.monolith.received).toHaveLength(2);
});

test('a bug of the service is not told to anybody', async () => {
  await using shop = await startWritableShop();
  shop.hint.learn(AT_SERVICE);
  shop.service.behave = () => Promise.reject(new Error('at line 7'));
  const response = await shop.patch();
  expect(response.status).toBe(500);
  expect(await response.text()).not.toContain('line 7');
});

test('who has written at the service has seen its position, and reads no less from then on', async () => {
  await using shop = await startWritableShop({ percent: 100 });
  shop.hint.learn(AT_SERVICE);
  const cookies = (await shop.patch()).headers.getSetCookie().map((each) => each.split(';')[0]);
  expect(cookies).toEqual([`shop-seen=catalog=${'b'.repeat(32)}~2~0/AB`]);
});
