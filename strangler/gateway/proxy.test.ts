import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { until } from '#platform/testing/until.ts';
import { BODY_LIMIT_BYTES } from './body.ts';
import { answer, die, hang, startGateway, startMonolith, type TestGateway } from './testing.ts';

/** Everything that comes back for these bytes, until the connection ends. */
async function raw({ port }: TestGateway, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
  socket.write(bytes, 'latin1');
  await once(socket, 'close');
  return text;
}

test('a request and its answer pass as they are, but for what belongs to a connection', async () => {
  await using monolith = await startMonolith((_request, response) => {
    response.setHeader('set-cookie', ['a=1', 'b=2']);
    response.setHeader('x-served-by', 'monolith');
    response.setHeader('x-hop', 'this one');
    response.setHeader('connection', 'x-hop');
    response.setHeader('x-route', '/products/:id');
    response.writeHead(202).end('körper');
  });
  await using gateway = await startGateway(monolith);
  const response = await gateway.fetch('/products/%C3%A4?q=a%20b&q=c', {
    headers: {
      accept: 'a/b',
      te: 'trailers',
      'x-forwarded-for': '192.0.2.7',
      'x-forwarded-proto': 'https',
      'x-request-id': 'mine',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    },
  });
  expect(response.status).toBe(202);
  expect(await response.text()).toBe('körper');
  expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  expect(response.headers.get('x-served-by')).toBe('monolith');
  expect(response.headers.get('x-request-id')).toBe('mine');
  expect(response.headers.has('x-hop')).toBe(false);
  expect(response.headers.has('x-route')).toBe(false);
  const [received] = monolith.received;
  const { host } = new URL(gateway.url);
  expect(received?.url).toBe('/products/%C3%A4?q=a%20b&q=c');
  expect(received?.headers).toMatchObject({
    accept: 'a/b',
    host,
    'x-forwarded-for': '192.0.2.7, 127.0.0.1',
    'x-forwarded-host': host,
    'x-forwarded-proto': 'http',
    'x-request-id': 'mine',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  });
  expect(received?.headers.te).toBeUndefined();
});

test('what the header Connection names of a request stays here, too', async () => {
  await using monolith = await startMonolith();
  await using gateway = await startGateway(monolith);
  await raw(
    gateway,
    'GET / HTTP/1.1\r\nhost: a\r\nx-secret: 1\r\nx-kept: 2\r\nconnection: x-secret, close\r\n\r\n',
  );
  expect(monolith.received[0]?.headers).toMatchObject({ 'x-kept': '2' });
  expect(monolith.received[0]?.headers).not.toHaveProperty('x-secret');
});

test('a request without an id gets one, which the log and the monolith are told', async () => {
  await using monolith = await startMonolith();
  await using gateway = await startGateway(monolith);
  const id = (await gateway.fetch('/stock/1')).headers.get('x-request-id');
  expect(monolith.received[0]?.headers['x-request-id']).toBe(id);
  await until(() => gateway.log.some((line) => 'res' in line));
  expect(gateway.log.find((line) => 'res' in line)).toMatchObject({
    req: { id },
    capability: 'inventory',
    access: 'read',
    servedBy: 'monolith',
    msg: expect.stringMatching(/^GET \/stock\/1 → 200 in \d+ ms$/) as string,
  });
});

test('an answer is streamed: its beginning arrives before its end is known', async () => {
  let finish: () => void = () => undefined;
  await using monolith = await startMonolith((_request, response) => {
    response.write('first');
    finish = () => response.end(' second');
  });
  await using gateway = await startGateway(monolith);
  const reader = ((await gateway.fetch('/')).body as ReadableStream<Uint8Array>).getReader();
  const next = async () => Buffer.from((await reader.read()).value ?? []).toString();
  expect(await next()).toBe('first');
  finish();
  expect(await next()).toBe(' second');
});

test('an answer of many megabytes arrives whole, however slowly it is read', async () => {
  const chunk = Buffer.alloc(1_000_000, 'abcdefgh');
  const chunks = 20;
  let held = 0;
  await using monolith = await startMonolith((_request, response) => {
    for (let count = 0; count < chunks; count += 1) if (!response.write(chunk)) held += 1;
    response.end();
  });
  await using gateway = await startGateway(monolith);
  const body = (await gateway.fetch('/products')).body as ReadableStream<Uint8Array>;
  await until(() => held > 0);
  let length = 0;
  for await (const part of body) {
    if (length === 0) await until(() => monolith.received.length === 1);
    expect(part[0]).toBe('abcdefgh'.charCodeAt(length % 8));
    length += part.length;
  }
  expect(length).toBe(chunk.length * chunks);
});

test('what belongs to no capability is streamed to the monolith as it arrives', async () => {
  await using monolith = await startMonolith();
  await using gateway = await startGateway(monolith);
  let seen = '';
  monolith.onData = (text) => (seen += text);
  const request = httpRequest(`${gateway.url}/upload`, { method: 'POST' });
  request.write('first');
  await until(() => seen === 'first');
  request.end(' second');
  const [response] = (await once(request, 'response')) as [import('node:http').IncomingMessage];
  response.resume();
  expect(response.statusCode).toBe(200);
  expect(monolith.received[0]?.body).toBe('first second');
});

test('a write whose body is larger than is held here is refused as the shop refuses one', async () => {
  await using monolith = await startMonolith();
  await using gateway = await startGateway(monolith);
  expect((await gateway.post('/orders', 'x'.repeat(BODY_LIMIT_BYTES))).status).toBe(200);
  const response = await gateway.post('/orders', 'x'.repeat(BODY_LIMIT_BYTES + 1));
  expect(response.status).toBe(413);
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(response.headers.get('x-served-by')).toBe('gateway');
  expect(await response.json()).toMatchObject({ code: 'payload_too_large', status: 413 });
  expect(monolith.received).toHaveLength(1);
});

test('a write gets an idempotency key where the contract has one, unless the caller must name it or has', async () => {
  await using monolith = await startMonolith();
  await using gateway = await startGateway(monolith);
  const keyOf = async (method: string, path: string, headers: Record<string, string> = {}) => {
    await gateway.fetch(path, { method, headers });
    return monolith.received.at(-1)?.headers['idempotency-key'];
  };
  const made = [await keyOf('POST', '/products'), await keyOf('DELETE', '/cart/items/1')];
  for (const key of made) expect(key).toMatch(/^[0-9a-f-]{36}$/);
  expect(made[0]).not.toBe(made[1]);
  expect(await keyOf('PUT', '/stock/1', { 'idempotency-key': 'mine' })).toBe('mine');
  for (const path of ['/orders', '/Orders/', '/orders/1/cancel', '/sessions', '/nothing'])
    expect(await keyOf('POST', path)).toBeUndefined();
  expect(await keyOf('GET', '/products')).toBeUndefined();
});

test.each([
  ['a read', 'GET', '/products', 2],
  ['a write that has a key', 'PUT', '/cart/items/1', 2],
  ['a write that has none', 'POST', '/sessions', 1],
])(
  '%s whose connection was cut before an answer is sent %i times at most',
  async (_what, method, path, times) => {
    await using monolith = await startMonolith(die());
    await using gateway = await startGateway(monolith);
    const response = await gateway.fetch(path, { method });
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ code: 'unavailable' });
    expect(monolith.received).toHaveLength(Number(times));
    expect(new Set(monolith.received.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
  },
);

test('a connection that was cut once is no reason to tell anybody', async () => {
  await using monolith = await startMonolith();
  await using gateway = await startGateway(monolith);
  monolith.behave = (seen, response) => {
    monolith.behave = answer(201);
    die()(seen, response);
  };
  expect((await gateway.post('/customers')).status).toBe(201);
});

test('a stopped monolith is told at once, with a time to ask again', async () => {
  await using monolith = await startMonolith();
  await using gateway = await startGateway(monolith);
  await monolith.close();
  for (const response of [await gateway.fetch('/products'), await gateway.post('/orders')]) {
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('1');
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(await response.json()).toMatchObject({ code: 'unavailable', status: 503 });
  }
});

test('an answer that breaks off breaks off for the caller, who does not take it for whole', async () => {
  await using monolith = await startMonolith(die('half'));
  await using gateway = await startGateway(monolith);
  const response = await gateway.fetch('/products');
  expect(response.status).toBe(200);
  await expect(response.text()).rejects.toThrow();
});

test('a monolith that does not answer is given up at the deadline, and so is a body that does not end', async () => {
  await using monolith = await startMonolith(hang);
  await using gateway = await startGateway(monolith, { deadlineMs: 300 });
  const begin = performance.now();
  const late = await gateway.fetch('/products');
  expect(performance.now() - begin).toBeGreaterThanOrEqual(299);
  expect(late.status).toBe(503);
  expect(late.headers.get('retry-after')).toBe('1');
  expect(await late.json()).toMatchObject({ code: 'deadline_exceeded' });
  monolith.behave = (_request, response) => void response.write('half');
  await expect((await gateway.fetch('/products')).text()).rejects.toThrow();
});

test.each(['/orders', '/upload'])(
  'a caller of %s who never ends its body is told so at the deadline',
  async (path) => {
    await using monolith = await startMonolith();
    await using gateway = await startGateway(monolith, { deadlineMs: 300 });
    const text = await raw(gateway, `POST ${path} HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nhalf`);
    expect(text).toMatch(/^HTTP\/1.1 400 .*"code":"malformed_request"/s);
  },
);

test('a caller who hangs up takes the request back', async () => {
  let cut = false;
  await using monolith = await startMonolith(
    (_request, response) => void response.once('close', () => (cut = true)),
  );
  await using gateway = await startGateway(monolith);
  const end = new AbortController();
  const asked = gateway.fetch('/products', { signal: end.signal });
  await until(() => monolith.received.length === 1);
  end.abort();
  await expect(asked).rejects.toThrow();
  await until(() => cut);
});

test('HEAD and an empty answer keep their headers', async () => {
  await using monolith = await startMonolith(({ method }, response) => {
    if (method === 'HEAD') response.writeHead(200, { 'content-length': '123' }).end();
    else response.writeHead(204).end();
  });
  await using gateway = await startGateway(monolith);
  const head = await gateway.fetch('/', { method: 'HEAD' });
  expect([head.status, head.headers.get('content-length')]).toEqual([200, '123']);
  const empty = await gateway.fetch('/cart/items/1', { method: 'DELETE' });
  expect([empty.status, await empty.text()]).toEqual([204, '']);
});

test.each([
  ['that is no HTTP', 'nonsense\r\n\r\n', 400],
  ['with a header that is no header', 'GET / HTTP/1.1\r\nhost: a\r\nbad header\r\n\r\n', 400],
  ['with too many headers', `GET / HTTP/1.1\r\nhost: a\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ['without a host', 'GET / HTTP/1.1\r\n\r\n', 400],
  ['for a path that is none', 'OPTIONS * HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n', 400],
])('a request %s is refused, and the next one is answered', async (_what, bytes, status) => {
  await using monolith = await startMonolith();
  await using gateway = await startGateway(monolith);
  expect(await raw(gateway, bytes)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect((await gateway.fetch('/')).status).toBe(200);
});
