import { once } from 'node:events';
import { connect } from 'node:net';
import { listen } from '#platform/http/server.ts';
import { answer, startBackend, startBalancer, until, type Balancer } from './testing.ts';

/** Everything that comes back for these bytes, until the connection ends. */
async function raw({ port }: Balancer, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
  socket.write(bytes, 'latin1');
  await once(socket, 'close');
  return text;
}

test('backends are asked in turn', async () => {
  await using one = await startBackend();
  await using other = await startBackend();
  await using balancer = await startBalancer([one, other]);
  for (let round = 0; round < 10; round += 1) await balancer.fetch('/');
  expect([one.received.length, other.received.length]).toEqual([5, 5]);
});

test('one that says that it is not ready is left alone, and asked again when it is', async () => {
  await using one = await startBackend(answer(200, 'one'));
  await using other = await startBackend(answer(200, 'other'));
  await using balancer = await startBalancer([one, other]);
  const ask = async () => (await balancer.fetch('/')).text();
  one.ready = false;
  await until(async () => (await ask()) === 'other' && (await ask()) === 'other');
  for (let round = 0; round < 10; round += 1) expect(await ask()).toBe('other');
  one.ready = true;
  await until(async () => (await ask()) === 'one');
});

test('it learns of new backends and forgets old ones, whose last answers still arrive', async () => {
  await using old = await startBackend();
  await using successor = await startBackend(answer(200, 'new'));
  await using balancer = await startBalancer([old]);
  let finish: () => void = () => undefined;
  old.behave = (_request, response) => (finish = () => response.end('old'));
  const last = balancer.fetch('/slow');
  await until(() => old.received.length === 1);
  balancer.tell([successor]);
  await until(async () => (await (await balancer.fetch('/')).text()) === 'new');
  finish();
  expect(await (await last).text()).toBe('old');
});

test('what is not too long for it is not too long for a monolith, with what it adds', async () => {
  const monolith = await listen((_request, response) => response.end(), {
    host: '127.0.0.1',
    port: 0,
    name: 'monolith',
  });
  await using balancer = await startBalancer([{ url: `http://127.0.0.1:${monolith.port}` }]);
  const statuses = new Set<string>();
  for (let length = 19_900; length < 20_700; length += 20) {
    const { status, headers } = await balancer.fetch(`/${'x'.repeat(length)}`);
    // Whoever cannot even read a request answers without a date.
    statuses.add(headers.has('date') ? `${status} from a monolith` : `${status} from the balancer`);
  }
  expect([...statuses]).toEqual(['200 from a monolith', '431 from the balancer']);
  await monolith.stop(0);
});

test('a request and its answer pass as they are, but for what belongs to a connection', async () => {
  await using backend = await startBackend((_request, response) => {
    response.setHeader('set-cookie', ['a=1', 'b=2']);
    response.setHeader('x-served-by', 'monolith');
    response.setHeader('x-hop', 'this one');
    response.setHeader('connection', 'x-hop');
    response.setHeader('x-route', '/products/:id');
    response.writeHead(202).end('körper');
  });
  await using balancer = await startBalancer([backend]);
  const response = await balancer.fetch('/products/%C3%A4?q=a%20b&q=c', {
    headers: { accept: 'a/b', te: 'trailers', 'x-forwarded-for': '192.0.2.7', 'x-request-id': 'mine' },
  });
  expect(response.status).toBe(202);
  expect(await response.text()).toBe('körper');
  expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  expect(response.headers.get('x-served-by')).toBe('monolith');
  expect(response.headers.has('x-hop')).toBe(false);
  expect(response.headers.has('x-route')).toBe(false);
  const [received] = backend.received;
  expect(received?.url).toBe('/products/%C3%A4?q=a%20b&q=c');
  expect(received?.headers).toMatchObject({
    accept: 'a/b',
    host: new URL(balancer.url).host,
    'x-forwarded-for': '192.0.2.7, 127.0.0.1',
    'x-request-id': 'mine',
  });
  expect(received?.headers.te).toBeUndefined();
});

test('a body that is larger than the shop may be asked to judge is refused as the shop refuses one', async () => {
  await using backend = await startBackend();
  await using balancer = await startBalancer([backend]);
  const response = await balancer.post('/carts', 'x'.repeat(2_000_000));
  expect(response.status).toBe(413);
  expect(await response.json()).toMatchObject({ code: 'payload_too_large', status: 413 });
  expect(backend.received).toHaveLength(0);
});

test('HEAD and an empty answer keep their headers', async () => {
  await using backend = await startBackend(({ method }, response) => {
    if (method === 'HEAD') response.writeHead(200, { 'content-length': '123' }).end();
    else response.writeHead(204).end();
  });
  await using balancer = await startBalancer([backend]);
  const head = await balancer.fetch('/', { method: 'HEAD' });
  expect([head.status, head.headers.get('content-length')]).toEqual([200, '123']);
  const empty = await balancer.fetch('/', { method: 'DELETE' });
  expect([empty.status, await empty.text()]).toEqual([204, '']);
});

test.each([
  ['that is no HTTP', 'nonsense\r\n\r\n', 400],
  ['with a header that is no header', 'GET / HTTP/1.1\r\nhost: a\r\nbad header\r\n\r\n', 400],
  ['with too many headers', `GET / HTTP/1.1\r\nhost: a\r\nx: ${'x'.repeat(30_000)}\r\n\r\n`, 431],
  ['without a host', 'GET / HTTP/1.1\r\n\r\n', 400],
  ['for a path that is none', 'OPTIONS * HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n', 400],
])('a request %s is refused, and the next one is answered', async (_what, bytes, status) => {
  await using backend = await startBackend();
  await using balancer = await startBalancer([backend]);
  expect(await raw(balancer, bytes)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect((await balancer.fetch('/')).status).toBe(200);
});

test('health is that of the address: ready while one backend is, whichever', async () => {
  await using one = await startBackend();
  await using other = await startBackend();
  await using balancer = await startBalancer([one, other]);
  const ready = async () => (await balancer.fetch('/health/ready')).status;
  expect(await ready()).toBe(200);
  await one.close();
  expect(await ready()).toBe(200);
  other.ready = false;
  await until(async () => (await ready()) === 503);
  expect((await balancer.fetch('/health/live')).status).toBe(200);
});

test('its metrics count by the route that the shop tells, and outlive the backend that answered', async () => {
  await using backend = await startBackend(answer(200, 'a product', { 'x-route': '/products/:id' }));
  await using balancer = await startBalancer([backend]);
  await balancer.fetch('/products/1');
  await backend.close();
  const text = await (await balancer.fetch('/metrics')).text();
  expect(text).toMatch(
    /^http_request_duration_seconds_count\{(?=.*route="\/products\/:id")(?=.*status="200").*\} 1$/m,
  );
});

test('when it is told to stop, readiness turns red and what is under way is answered', async () => {
  await using backend = await startBackend();
  let finish: () => void = () => undefined;
  backend.behave = (_request, response) => (finish = () => response.end('whole'));
  await using balancer = await startBalancer([backend], { SHOP_DRAIN_MS: '1000' });
  const last = balancer.fetch('/slow');
  await until(() => backend.received.length === 1);
  const ended = once(balancer.process, 'exit');
  balancer.process.kill('SIGTERM');
  await until(async () => (await balancer.fetch('/health/ready')).status === 503);
  setTimeout(() => finish(), 1_500);
  expect(await (await last).text()).toBe('whole');
  expect(await ended).toEqual([0, null]);
});

test('an idle connection is the caller’s to close: it is told a time longer than any caller waits', async () => {
  await using backend = await startBackend();
  await using balancer = await startBalancer([backend]);
  const response = await balancer.fetch('/');
  expect(response.headers.get('keep-alive')).toBe('timeout=75');
});
