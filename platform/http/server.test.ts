import { Agent, request } from 'node:http';
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
