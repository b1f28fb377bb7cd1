import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { listen } from '#platform/http/server.ts';
import { httpEdge } from './edges/http.ts';
import { createHandlers } from './handlers.ts';
import { openRelay } from './relay.ts';

test('of a known message every byte is counted, each way by itself', async () => {
  const server = await listen(httpEdge(createHandlers(0)), { host: '127.0.0.1', port: 0, name: 'test' });
  const relay = await openRelay(server.port);
  const request = 'GET /orders/1/lines?count=1000 HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n';
  const socket = connect(relay.port, '127.0.0.1').setEncoding('latin1');
  socket.write(request);
  const answer = await text(socket);
  expect(answer).toContain('HTTP/1.1 200 OK');
  expect(relay.count()).toEqual({ sent: request.length, received: answer.length });
  await relay.close();
  await server.stop(0);
});

test('a relay that closes cuts its connections, and a server that is gone ends them', async () => {
  const server = await listen(() => undefined, { host: '127.0.0.1', port: 0, name: 'test' });
  const relay = await openRelay(server.port);
  const open = connect(relay.port, '127.0.0.1');
  await once(open, 'connect');
  await relay.close();
  await once(open, 'close');
  await server.stop(0);

  const toNobody = await openRelay(server.port);
  const refused = connect(toNobody.port, '127.0.0.1');
  await once(refused, 'close');
  await toNobody.close();
});
