// An HTTP server that starts with a clear error and stops without dropping a request.
import { createServer, type RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { SetupError } from '../setup-error.ts';
import { answerUnread } from './unread.ts';

export interface HttpServer {
  readonly port: number;
  /**
   * Load balancers get `drainMs` to notice that readiness is red; then no new connection is accepted, and
   * every request in flight is answered.
   */
  stop(drainMs: number): Promise<void>;
}

export interface ListenOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** For messages, and for what is answered before any handler is asked: `monolith`. */
  readonly name: string;
  /** How long a connection may lie idle; Node's five seconds without it. */
  readonly keepAliveMs?: number;
  /** How long a request may be without its body; 24 KiB without it. */
  readonly maxHeadBytes?: number;
}

/** More than Node's 16 KiB, which a front may allow: what it lets through has to pass here, with what it adds. */
export const MAX_HEAD_BYTES = 24 * 1_024;

/** @throws {SetupError} one line, where the port is taken. */
export async function listen(
  handler: RequestListener,
  { host, port, name, keepAliveMs, maxHeadBytes = MAX_HEAD_BYTES }: ListenOptions,
): Promise<HttpServer> {
  let stopping = false;
  const answering = new WeakSet<Socket>();
  const server = createServer({ maxHeaderSize: maxHeadBytes }, (request, response) => {
    // A connection that is kept alive would keep the server from closing.
    if (stopping) response.setHeader('Connection', 'close');
    answering.add(request.socket);
    response.once('close', () => {
      answering.delete(request.socket);
      if (stopping) setImmediate(() => server.closeIdleConnections());
    });
    handler(request, response);
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    // Amid an answer, another would be taken for a part of it.
    if (answering.has(socket) || !socket.writable) socket.destroy();
    else answerUnread(socket, error, name);
  });
  if (keepAliveMs !== undefined) server.keepAliveTimeout = keepAliveMs;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, port, name)));
    server.listen(port, host, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('listening on no port');

  return {
    port: address.port,
    async stop(drainMs) {
      await sleep(drainMs);
      stopping = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      await closed;
    },
  };
}

function explain(error: NodeJS.ErrnoException, port: number, name: string): Error {
  if (error.code !== 'EADDRINUSE') return error;
  return new SetupError(
    `port ${port} (${name}) is taken: end the program that holds it, or set SHOP_PORT_OFFSET to shift every port`,
    { cause: error },
  );
}
