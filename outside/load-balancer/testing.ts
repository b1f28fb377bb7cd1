// For the tests beside it: a balancer in a process of its own, and backends whose every answer a test decides.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { childEnvironment } from '#platform/config.ts';

/** A test that fails half-way leaves no process behind, nor a run that never ends. */
const LIFETIME_MS = 50_000;

export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export type Behaviour = (request: Received, response: ServerResponse) => void;

export interface Backend extends AsyncDisposable {
  readonly url: string;
  /** What it was sent, but for the questions whether it is ready. */
  readonly received: Received[];
  behave: Behaviour;
  /** What it says of itself. */
  ready: boolean;
  /** Ends every connection, and accepts none. */
  close(): Promise<void>;
}

export const answer =
  (status = 200, body = 'done', headers: Record<string, string> = {}): Behaviour =>
  (_request, response) =>
    void response.writeHead(status, headers).end(body);

/** Dies as a process does that is killed: the connection is reset, after so much of the answer. */
export const die =
  (sent = ''): Behaviour =>
  (_request, response) => {
    if (sent === '') return void response.socket?.resetAndDestroy();
    response.writeHead(200, { 'content-length': '1000' });
    response.write(sent, () => response.socket?.destroy());
  };

export const hang: Behaviour = () => undefined;

export async function startBackend(behave: Behaviour = answer()): Promise<Backend> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    if (request.url === '/health/ready') {
      response.writeHead(backend.ready ? 200 : 503).end();
      return;
    }
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.once('end', () => {
      const { method = '', url = '', headers } = request;
      const seen = { method, url, headers, body };
      received.push(seen);
      backend.behave(seen, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  async function close() {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }
  const backend: Backend = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    behave,
    ready: true,
    close,
    [Symbol.asyncDispose]: async () => {
      if (server.listening) await close();
    },
  };
  return backend;
}

export interface Balancer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly process: ChildProcess;
  /** Tells it where its backends are from now on. */
  tell(backends: readonly Backend[]): void;
  fetch(path: string, init?: RequestInit): Promise<Response>;
  post(path: string, body?: string, headers?: Record<string, string>): Promise<Response>;
}

export async function startBalancer(
  backends: readonly Pick<Backend, 'url'>[],
  settings: Readonly<Record<string, string>> = {},
): Promise<Balancer> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    env: childEnvironment({
      MONOLITH_PORT: '0',
      LOAD_BALANCER_BACKENDS: backends.map(({ url }) => url).join(','),
      LOAD_BALANCER_CHECK_INTERVAL_MS: '20',
      LOAD_BALANCER_PATIENCE_MS: '300',
      SHOP_LOG_LEVEL: 'error',
      ...settings,
    }),
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    timeout: LIFETIME_MS,
    killSignal: 'SIGKILL',
  });
  const exited = once(child, 'exit');
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  const url = `http://127.0.0.1:${port}`;
  const call: Balancer['fetch'] = (path, init) => fetch(url + path, init);
  return {
    url,
    port,
    process: child,
    tell: (now) => void child.send({ type: 'backends', urls: now.map((backend) => backend.url) }),
    fetch: call,
    post: (path, body = '{}', headers = {}) =>
      call(path, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } }),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** Waits until the condition holds; the test's own time limit ends a wait in vain. */
export async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5));
}
