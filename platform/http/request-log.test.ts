import { once } from 'node:events';
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { until } from '../testing/until.ts';
import { logOf, requestLog } from './request-log.ts';

async function serve(level: string, answer: RequestListener) {
  const lines: Record<string, unknown>[] = [];
  let described = 0;
  const sink = new Writable({
    write(line: Buffer, _encoding, done) {
      lines.push(JSON.parse(line.toString()) as Record<string, unknown>);
      done();
    },
  });
  const describe = (_request: IncomingMessage, response: ServerResponse) => {
    described += 1;
    return { servedBy: response.getHeader('x-served-by') };
  };
  const log = requestLog(pino({ level }, sink), { describe });
  const server = createServer((request, response) => {
    log(request, response);
    answer(request, response);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lines,
    described: () => described,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}

const answer =
  (status: number): RequestListener =>
  (_request, response) =>
    void response.writeHead(status, { 'x-served-by': 'monolith' }).end();

test.each([
  [200, 20, /^GET \/a\?b=c → 200 in \d+ ms$/],
  [404, 20, /^GET \/a\?b=c → 404 in \d+ ms$/],
  [503, 40, /^GET \/a\?b=c → 503$/],
  [500, 50, /^GET \/a\?b=c → 500$/],
])('an answer of %i is one line of level %i, with its id', async (status, level, msg) => {
  await using server = await serve('debug', answer(status));
  const response = await fetch(`${server.url}/a?b=c`, { headers: { 'x-request-id': 'mine' } });
  expect(response.headers.get('x-request-id')).toBe('mine');
  await until(() => server.lines.length > 0);
  expect(server.lines).toEqual([
    expect.objectContaining({
      level,
      req: { id: 'mine', method: 'GET', url: '/a?b=c' },
      res: { statusCode: status },
      servedBy: 'monolith',
      responseTime: expect.any(Number) as number,
      msg: expect.stringMatching(msg) as string,
    }),
  ]);
});

test('an id that is none is replaced', async () => {
  await using server = await serve('silent', answer(200));
  for (const given of ['a b', 'x'.repeat(129), '']) {
    const response = await fetch(server.url, { headers: { 'x-request-id': given } });
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  }
});

test('where the line is not wanted, nobody is asked what it should say', async () => {
  await using server = await serve('info', answer(200));
  await (await fetch(server.url)).text();
  const response = await fetch(server.url);
  expect(response.status).toBe(200);
  expect(server.lines).toEqual([]);
  expect(server.described()).toBe(0);
});

test('an answer that nobody waited for is a line as well, without a time', async () => {
  let arrived = false;
  await using server = await serve('debug', () => void (arrived = true));
  const request = httpRequest(server.url).on('error', () => undefined);
  request.end();
  await until(() => arrived);
  request.destroy();
  await until(() => server.lines.length > 0);
  expect(server.lines[0]?.['msg']).toBe('GET / → 200');
});

test('what is logged of a request on its way says which it is', async () => {
  await using server = await serve('info', (request, response) => {
    logOf(request)?.info('on its way');
    response.end();
  });
  await fetch(`${server.url}/a`, { headers: { 'x-request-id': 'mine' } });
  await until(() => server.lines.length > 0);
  expect(server.lines[0]).toMatchObject({ req: { id: 'mine', method: 'GET', url: '/a' }, msg: 'on its way' });
});
