// The answer to what is no readable request: Node itself would send a bare status, and the shop promises a problem.
import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { headersTooLarge, malformedRequest, problemAnswer } from './problem.ts';

/** For whoever goes on sending. */
const LINGER_MS = 1_000;

/** Sends it and ends the connection, on which nothing that follows can be told apart. @param error of `clientError`. */
export function answerUnread(socket: Socket, error: NodeJS.ErrnoException, servedBy: string): void {
  const requestId = randomUUID();
  const refusal = error.code === 'HPE_HEADER_OVERFLOW' ? headersTooLarge() : malformedRequest();
  const { status, headers, body } = problemAnswer(refusal, requestId);
  const lines = {
    ...headers,
    'Content-Length': Buffer.byteLength(body),
    Connection: 'close',
    'X-Request-Id': requestId,
    'X-Served-By': servedBy,
  };
  const head = Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head.join('')}\r\n${body}`);
  // Unread bytes would make the kernel reset the connection, and the answer be lost.
  socket.resume();
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}
