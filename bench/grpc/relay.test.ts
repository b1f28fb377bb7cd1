import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { listen } from '#platform/http/server.ts';
import { httpEdge } from './edges/http.ts';
import { createHandlers } from './handlers.ts';
import { openRelay } from './relay.ts';

const releases: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const release of releases.splice(0).reverse()) await release();
});

async function relayTo(handler: RequestListener) {
  const server = await listen(handler, { host: '127.0.0.1', port: 0, name: 'test' });
  const relay = await openRelay(server.port);
  releases.push(
    () => server.stop(0),
    () => relay.close(),
  );
  return { server, relay };
}

test('of a known message every byte is counted, each way by itself', async () => {
  const { relay } = await relayTo(httpEdge(createHandlers(0)));
  const request = 'GET /orders/1/lines?count=1000 HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n';
  const socket = connect(relay.port, '127.0.0.1').setEncoding('latin1');
  socket.write(request);
  const answer = await text(socket);
  expect(answer).toContain('HTTP/1.1 200 OK');
  expect(relay.count()).toEqual({ sent: request.length, received: answer.length });
});

test('a relay that closes cuts its connections', async () => {
  const { relay } = await relayTo(() => undefined);
  const open = connect(relay.port, '127.0.0.1');
  await once(open, 'connect');
  await relay.close();
  await once(open, 'close');
});

test('where the server is gone, a connection to the relay ends', async () => {
  const { server, relay } = await relayTo(() => undefined);
  await server.stop(0);
  const refused = connect(relay.port, '127.0.0.1');
  await once(refused, 'close');
});
