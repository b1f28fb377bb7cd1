import { once } from 'node:events';
import { Agent, request, type RequestListener } from 'node:http';
import { connect } from 'node:net';
import { listen } from './server.ts';

const host = '127.0.0.1';

test('a stop answers the request in flight, closes kept-alive connections, and refuses new ones', async () => {
  let finish: (() => void) | undefined;
  const server = await listen(
    (incoming, response) => {
      if (incoming.url === '/slow') finish = () => response.end('done');
      else response.end('quick');
    },
    { host, port: 0, name: 'test' },
  );
  const agent = new Agent({ keepAlive: true });
  const get = (path: string) =>
    new Promise<{ body: string; connection: string | undefined }>((resolve, reject) => {
      request({ host, port: server.port, path, agent }, (response) => {
        response
          .setEncoding('utf8')
          .once('data', (body: string) => resolve({ body, connection: response.headers.connection }));
      })
        .once('error', reject)
        .end();
    });

  expect(await get('/quick')).toMatchObject({ body: 'quick', connection: 'keep-alive' });
  const slow = get('/slow');
  while (finish === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
  const stopped = server.stop(0);
  await new Promise((resolve) => setTimeout(resolve, 20));
  await expect(get('/late')).rejects.toThrow(/ECONNREFUSED|ECONNRESET|socket hang up/);
  finish();
  expect(await slow).toMatchObject({ body: 'done' });
  await stopped;
  agent.destroy();
});

test('a port that is taken is named, with the remedy', async () => {
  const first = await listen(() => undefined, { host, port: 0, name: 'first' });
  await expect(listen(() => undefined, { host, port: first.port, name: 'second' })).rejects.toThrow(
    `port ${first.port} (second) is taken`,
  );
  await first.stop(0);
});

/** All that comes back on a connection of its own. */
async function sendRaw(handler: RequestListener, text: string): Promise<string> {
  const server = await listen(handler, { host, port: 0, name: 'test' });
  const socket = connect(server.port, host);
  let received = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (received += chunk));
  socket.write(text);
  await once(socket, 'close');
  await server.stop(0);
  return received;
}

test.each([
  ['whose head is too long', `GET /${'x'.repeat(100_000)} HTTP/1.1\r\n\r\n`, 431, 'headers_too_large'],
  ['that is no HTTP', 'EHLO shop\r\n\r\n', 400, 'malformed_request'],
])('a request %s is answered by a problem that can be asked about', async (_what, text, status, code) => {
  const answer = await sendRaw(() => undefined, text);
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  const problem = JSON.parse(body) as { requestId: string };
  expect(problem).toMatchObject({ status, code });
  expect(head.split('\r\n')).toEqual(
    expect.arrayContaining([
      expect.stringContaining(`HTTP/1.1 ${status} `),
      'Content-Type: application/problem+json; charset=utf-8',
      `X-Request-Id: ${problem.requestId}`,
      'X-Served-By: test',
    ]),
  );
});

test('what cannot be read while an answer is under way is not put into that answer', async () => {
  const begin: RequestListener = (_request, response) => {
    response.writeHead(200, { 'content-length': '1000' }).write('half');
  };
  const answer = await sendRaw(begin, 'GET / HTTP/1.1\r\nhost: a\r\n\r\nEHLO shop\r\n\r\n');
  expect(answer).not.toContain('400');
});
