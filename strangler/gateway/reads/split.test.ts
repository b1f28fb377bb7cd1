import { ShopError } from '#platform/errors.ts';
import { until } from '#platform/testing/until.ts';
import { answer } from '../testing.ts';
import { at, bearer, behind, ID, position, seen, startSplitShop, type SplitShop } from './testing.ts';

const cookiesOf = (response: Response) =>
  response.headers.getSetCookie().map((each) => each.split(';')[0] ?? '');
const lastLine = ({ gateway }: SplitShop) =>
  gateway.log.filter((line) => 'res' in line && line['capability'] === 'catalog').at(-1);

async function diverted({ gateway }: SplitShop): Promise<Record<string, number>> {
  const text = await (await gateway.fetch('/metrics')).text();
  const lines = text.matchAll(
    /^gateway_reads_diverted_total\{.*capability="catalog",reason="(\w+)".*\} (\d+)$/gm,
  );
  return Object.fromEntries([...lines].map(([, reason = '', count]) => [reason, Number(count)] as const));
}

test('at 0 percent the monolith answers everything, whatever a header asks for, and nobody keeps a cookie of before', async () => {
  await using shop = await startSplitShop();
  shop.percent = 0;
  const response = await shop.gateway.fetch(`/products/${ID}`, {
    headers: { ...seen(position(1)), 'x-shop-side': 'service' },
  });
  expect(response.headers.get('x-served-by')).toBe('monolith');
  expect(shop.monolith.received[0]?.headers).not.toHaveProperty('x-want-position');
  // What it had is taken back: writes from now on are not kept count of.
  expect(cookiesOf(response)).toEqual(['shop-seen=']);
  expect(cookiesOf(await shop.gateway.fetch(`/products/${ID}`))).toEqual([]);
});

test('a read that was answered before a write, and arrives after it, does not make its session forget the write', async () => {
  await using shop = await startSplitShop();
  let answerRead = () => undefined as void;
  shop.monolith.behave = (request, response) => {
    if (request.method === 'POST') return at(position(200), answer(201))(request, response);
    answerRead = () => void at(position(150))(request, response);
  };
  const admin = { ...bearer('admin'), ...seen(position(100)) };
  const read = shop.gateway.fetch('/cart', { headers: admin });
  await until(() => shop.monolith.received.length === 1);
  expect(cookiesOf(await shop.gateway.post('/products', '{}', admin))).toEqual([
    `shop-seen=catalog=${position(200)}`,
  ]);
  answerRead();
  expect(cookiesOf(await read)).toEqual([`shop-seen=catalog=${position(200)}`]);
});

test('a visitor reads from the owner first, and from then on, with the cookies of that, from the service', async () => {
  await using shop = await startSplitShop();
  const first = await shop.gateway.fetch(`/products/${ID}`);
  expect(first.headers.get('x-served-by')).toBe('monolith');
  const [visitor = '', known = ''] = cookiesOf(first);
  expect(visitor).toMatch(/^shop-visitor=[0-9a-f-]{36}$/);
  expect(known).toBe(`shop-seen=catalog=${position(100)}`);

  // A replica's own hides how far the owner was, so what that told goes on to hold.
  shop.service.position = position(5, 'b');
  const second = await shop.gateway.fetch(`/products/${ID}`, { headers: { cookie: `${visitor}; ${known}` } });
  expect(second.headers.get('x-served-by')).toBe('catalog');
  expect(await second.json()).toMatchObject({ name: 'from the service', price: { amount: 100 } });
  expect(second.headers.get('etag')).toBe('"7"');
  expect(cookiesOf(second)).toEqual([`shop-seen=catalog=${position(100)}`]);
  expect(second.headers.get('x-request-id')).not.toBeNull();
  expect(shop.service.calls[0]?.metadata.get('x-read-after')).toEqual([position(100)]);
  expect(await diverted(shop)).toEqual({ no_position: 1 });

  shop.service.position = position(6, 'b', 2);
  const owned = await shop.gateway.fetch(`/products/${ID}`, { headers: { cookie: `${visitor}; ${known}` } });
  expect(cookiesOf(owned)).toEqual([`shop-seen=catalog=${position(6, 'b', 2)}`]);
});

test('the same customer is always on the same side, as the percentage has it', async () => {
  await using shop = await startSplitShop();
  shop.percent = 50;
  const sides = new Map<string, Set<string | null>>();
  for (let round = 0; round < 3; round += 1)
    for (let index = 0; index < 12; index += 1) {
      const side = await shop.read({ ...bearer(`customer-${index}`), ...seen(position(1)) });
      sides.set(`${index}`, (sides.get(`${index}`) ?? new Set()).add(side));
    }
  expect([...sides.values()].map((each) => each.size)).toEqual(Array(12).fill(1));
  expect(new Set([...sides.values()].flatMap((each) => [...each]))).toEqual(new Set(['monolith', 'catalog']));
});

test('a header chooses the side for a tester, and goes no further', async () => {
  await using shop = await startSplitShop();
  expect(await shop.read({ ...seen(position(1)), 'x-shop-side': 'monolith' })).toBe('monolith');
  shop.percent = 1;
  expect(await shop.read({ ...seen(position(1)), 'x-shop-side': 'service' })).toBe('catalog');
  expect(shop.monolith.received[0]?.headers).not.toHaveProperty('x-shop-side');
  expect(await shop.read({ 'x-shop-side': 'service' })).toBe('monolith');
});

test('what is private between gateway and monolith is neither believed of a caller nor told to one', async () => {
  await using shop = await startSplitShop();
  const response = await shop.gateway.fetch('/cart', {
    headers: { 'x-want-position': 'orders', 'x-position': 'catalog=1', ...bearer('c') },
  });
  expect(shop.monolith.received[0]?.headers).toMatchObject({ 'x-want-position': 'catalog' });
  expect(shop.monolith.received[0]?.headers).not.toHaveProperty('x-position');
  expect(response.headers.has('x-position')).toBe(false);
});

test('a write goes to the monolith, keeps its cookies, and moves on what its session has seen', async () => {
  await using shop = await startSplitShop();
  shop.monolith.behave = at(position(200), answer(201, '{}', { 'set-cookie': 'own=1' }));
  const response = await shop.gateway.post('/products', '{}', { ...bearer('admin'), ...seen(position(100)) });
  expect(response.headers.get('x-served-by')).toBe('monolith');
  expect(cookiesOf(response)).toEqual(['own=1', `shop-seen=catalog=${position(200)}`]);
  expect(shop.service.calls).toEqual([]);
});

test('an answer of the monolith that tells no position takes the cookie back: what came after it is not known', async () => {
  await using shop = await startSplitShop();
  shop.monolith.behave = at(undefined);
  const response = await shop.gateway.post('/orders', '{}', { ...bearer('c'), ...seen(position(100)) });
  expect(cookiesOf(response)).toEqual(['shop-seen=']);
});

test('a write that got no answer takes the cookie back, since it may have been done', async () => {
  await using shop = await startSplitShop();
  shop.monolith.behave = (_request, response) => void response.socket?.resetAndDestroy();
  const response = await shop.gateway.post('/products', '{}', { ...bearer('a'), ...seen(position(100)) });
  expect(response.status).toBe(503);
  expect(cookiesOf(response)).toEqual(['shop-seen=']);
});

test('what has not reached the service is read from the monolith, and counted as that', async () => {
  await using shop = await startSplitShop();
  shop.service.behave = behind;
  expect(await shop.read(seen(position(9)))).toBe('monolith');
  expect(await diverted(shop)).toEqual({ behind: 1 });
  await until(() => lastLine(shop) !== undefined);
  expect(lastLine(shop)).toMatchObject({ reason: 'behind', servedBy: 'monolith' });
});

test('a product that is not there is not there on the side of the service either', async () => {
  await using shop = await startSplitShop();
  shop.service.behave = async () => {
    throw new ShopError('not_found', 'not_found', 'There is none.');
  };
  const response = await shop.gateway.fetch(`/products/${ID}`, { headers: seen(position(9)) });
  expect([response.status, response.headers.get('x-served-by')]).toEqual([404, 'catalog']);
  expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  expect(await response.json()).toMatchObject({ code: 'not_found', detail: 'There is none.' });
});

test('a read whose meaning only the monolith knows, and one that the service refuses, are the monolith’s', async () => {
  await using shop = await startSplitShop();
  const by = async (path: string) =>
    (await shop.gateway.fetch(path, { headers: seen(position(9)) })).headers.get('x-served-by');
  expect(await by('/products?pageSize=0')).toBe('monolith');
  shop.service.behave = async () => {
    throw new ShopError('invalid_argument', 'invalid_request', 'No.');
  };
  expect(await by(`/products/${ID}`)).toBe('monolith');
  expect(await diverted(shop)).toEqual({ not_translated: 1, refused: 1 });
});

test('with the service dead, not one read fails or waits for it, and after some it is not tried', async () => {
  await using shop = await startSplitShop({ failuresToOpen: 3, openMs: 60_000 });
  expect(await shop.read(seen(position(9)))).toBe('catalog');
  await shop.service.kill();
  for (let count = 0; count < 6; count += 1) expect(await shop.read(seen(position(9)))).toBe('monolith');
  // Patience is twenty seconds here: had one of them waited, it would say so.
  expect(await diverted(shop)).toEqual({ unavailable: 3, circuit_open: 3 });
  const figures = await (await shop.gateway.fetch('/metrics')).text();
  expect(figures).toMatch(/^gateway_circuit_open\{.*side="service",capability="catalog".*\} 1$/m);
  const count = (side: string) =>
    new RegExp(`^http_request_duration_seconds_count\\{.*side="${side}"\\} (\\d+)$`, 'm').exec(figures)?.[1];
  expect([count('service'), count('monolith')]).toEqual(['1', '6']);
});

test('a service that hangs is waited for no longer than the gateway’s patience, and then not at all', async () => {
  await using shop = await startSplitShop({ patienceMs: 200, failuresToOpen: 2, openMs: 60_000 });
  shop.service.behave = ({ signal }) =>
    new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
  for (let count = 0; count < 3; count += 1) expect(await shop.read(seen(position(9)))).toBe('monolith');
  expect(await diverted(shop)).toEqual({ too_slow: 2, circuit_open: 1 });
  expect(shop.service.calls).toHaveLength(2);
});

test('beyond its limit the service is not asked, and a mistake of its own is not told to anybody', async () => {
  await using shop = await startSplitShop({ maxInFlight: 1 });
  const { behave } = shop.service;
  let finish = () => undefined as void;
  const held = new Promise<void>((resolve) => (finish = resolve));
  shop.service.behave = (context) => held.then(() => behave(context));
  const first = shop.read(seen(position(9)));
  await until(() => shop.service.calls.length === 1);
  expect(await shop.read(seen(position(9)))).toBe('monolith');
  finish();
  expect(await first).toBe('catalog');
  shop.service.behave = async () => {
    throw new Error('a bug');
  };
  expect(await shop.read(seen(position(9)))).toBe('monolith');
  expect(await diverted(shop)).toEqual({ overloaded: 1, failed: 1 });
});

test('without the monolith, the service answers whoever has seen no more than it has; others are told', async () => {
  await using shop = await startSplitShop();
  await shop.monolith.close();
  const onMonolith = { 'x-shop-side': 'monolith' };
  expect(await shop.read(seen(position(9)))).toBe('catalog');
  expect(await shop.read({ ...seen(position(9)), ...onMonolith })).toBe('catalog');
  expect(shop.service.calls.map(({ metadata }) => metadata.get('x-read-after')[0])).toEqual(
    Array(2).fill(position(9)),
  );
  expect(await diverted(shop)).toEqual({ monolith_unavailable: 1 });
  expect(await shop.read()).toBe('gateway');
  expect(await shop.read(onMonolith)).toBe('gateway');
  shop.service.behave = behind;
  for (const headers of [seen(position(9)), { ...seen(position(9)), ...onMonolith }]) {
    const response = await shop.gateway.fetch(`/products/${ID}`, { headers });
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
  }
});

test('the service is told the id of the request and how long its caller waits, and that the caller has gone', async () => {
  await using shop = await startSplitShop({ deadlineMs: 8_000 });
  await shop.read({ ...seen(position(9)), 'x-request-id': 'mine' });
  const [context] = shop.service.calls;
  expect(context?.requestId).toBe('mine');
  expect((context?.deadline ?? Infinity) - Date.now()).toBeLessThanOrEqual(8_000);

  shop.service.behave = () => new Promise(() => undefined);
  const end = new AbortController();
  const gone = shop.gateway.fetch(`/products/${ID}`, { headers: seen(position(9)), signal: end.signal });
  await until(() => shop.service.calls.length === 2);
  end.abort();
  await expect(gone).rejects.toThrow();
  await until(() => shop.service.calls[1]?.signal.aborted === true);
  // Nobody is left for the monolith to answer, and the service is not to blame.
  expect(shop.monolith.received).toEqual([]);
  expect(await diverted(shop)).toEqual({});
});

test('HEAD is answered without a body, and what a client has already is not sent again', async () => {
  await using shop = await startSplitShop();
  const ask = (init: RequestInit, headers: Record<string, string> = {}) =>
    shop.gateway.fetch(`/products/${ID}`, { ...init, headers: { ...seen(position(9)), ...headers } });
  const head = await ask({ method: 'HEAD' });
  expect([head.headers.get('x-served-by'), await head.text()]).toEqual(['catalog', '']);
  expect(Number(head.headers.get('content-length'))).toBeGreaterThan(0);
  const again = await ask({}, { 'if-none-match': '"1", W/"7"', 'cache-control': 'max-age=0' });
  expect([again.status, again.headers.get('etag'), await again.text()]).toEqual([304, '"7"', '']);
});
