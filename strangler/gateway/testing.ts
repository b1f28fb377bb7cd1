// For the tests beside it: a gateway on a free port, and a monolith whose every answer a test decides.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { pino, type Logger } from 'pino';
import { listen, MAX_HEAD_BYTES as MOST_OF_A_MONOLITH } from '#platform/http/server.ts';
import { buildGateway, MAX_HEAD_BYTES } from './app.ts';
import { createBackend, type BackendOptions } from './backend.ts';
import { createGatewayMetrics, type GatewayMetrics } from './metrics.ts';
import { forwardTo, type Forward } from './proxy.ts';

export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export type Behaviour = (request: Received, response: ServerResponse) => void;

export interface FakeMonolith extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** What it was sent whole, but for the questions whether it is ready. */
  readonly received: Received[];
  behave: Behaviour;
  /** What has arrived so far of a request that has begun. */
  onData: (text: string) => void;
  /** What it says of itself. */
  ready: boolean;
  /** Ends every connection, and accepts none. */
  close(): Promise<void>;
}

export const answer =
  (status = 200, body = 'done', headers: Record<string, string> = {}): Behaviour =>
  (_request, response) =>
    void response.writeHead(status, { 'x-served-by': 'monolith', ...headers }).end(body);

/** Dies as a process does that is killed: the connection is reset, after so much of the answer. */
export const die =
  (sent = ''): Behaviour =>
  (_request, response) => {
    if (sent === '') return void response.socket?.resetAndDestroy();
    response.writeHead(200, { 'content-length': '1000' });
    response.write(sent, () => response.socket?.destroy());
  };

export const hang: Behaviour = () => undefined;

export async function startMonolith(behave: Behaviour = answer(), port = 0): Promise<FakeMonolith> {
  const received: Received[] = [];
  const server = createServer({ maxHeaderSize: MOST_OF_A_MONOLITH }, (request, response) => {
    if (request.url === '/health/ready') {
      response.writeHead(monolith.ready ? 200 : 503).end(monolith.ready ? '{"status":"ready"}' : '{}');
      return;
    }
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text;
      monolith.onData(text);
    });
    request.once('end', () => {
      const { method = '', url = '', headers } = request;
      const seen = { method, url, headers, body };
      received.push(seen);
      monolith.behave(seen, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address() as AddressInfo;
  async function close() {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }
  const monolith: FakeMonolith = {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    received,
    behave,
    onData: () => undefined,
    ready: true,
    close,
    [Symbol.asyncDispose]: close,
  };
  return monolith;
}

export interface TestGateway extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Its log, at the level of debug. */
  readonly log: readonly Record<string, unknown>[];
  fetch(path: string, init?: RequestInit): Promise<Response>;
  post(path: string, body?: string, headers?: Record<string, string>): Promise<Response>;
  drain(): void;
}

export interface TestGatewayOptions extends Partial<BackendOptions> {
  readonly deadlineMs?: number;
  /** What stands around the way to the monolith, if anything does. */
  readonly around?: (toMonolith: Forward, metrics: GatewayMetrics, log: Logger) => Forward;
}

export async function startGateway(
  { url }: { readonly url: string },
  { deadlineMs = 10_000, around = (forward) => forward, ...options }: TestGatewayOptions = {},
): Promise<TestGateway> {
  const log: Record<string, unknown>[] = [];
  const sink = new Writable({
    write(line: Buffer, _encoding, done) {
      log.push(JSON.parse(line.toString()) as Record<string, unknown>);
      done();
    },
  });
  const logger = pino({ level: 'debug' }, sink);
  const monolith = createBackend({ side: 'monolith', url, log: logger, ...options });
  const metrics = createGatewayMetrics([monolith]);
  const forward = around(forwardTo(monolith), metrics, logger);
  const gateway = buildGateway({ monolith, forward, metrics, log: logger, deadlineMs });
  const server = await listen(gateway.handle, {
    host: '127.0.0.1',
    port: 0,
    name: 'gateway',
    maxHeadBytes: MAX_HEAD_BYTES,
  });
  const own = `http://127.0.0.1:${server.port}`;
  const call: TestGateway['fetch'] = (path, init) => fetch(own + path, init);
  return {
    url: own,
    port: server.port,
    log,
    fetch: call,
    post: (path, body = '{}', headers = {}) =>
      call(path, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } }),
    drain: () => gateway.drain(),
    async [Symbol.asyncDispose]() {
      await server.stop(0);
      await monolith.close();
    },
  };
}
