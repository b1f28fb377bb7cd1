// Which headers go on from one connection to the other, and what is added on the way.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** They speak of one connection and not of the message (RFC 9110, 7.6.1). */
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];
/** Made anew for what is sent: the body is whole by then, and nobody waits for a "continue". */
const MADE_ANEW = ['content-length', 'expect', 'x-forwarded-for', 'x-request-id'];
const WRITES = ['POST', 'PUT', 'PATCH', 'DELETE'];

/**
 * The headers of a request as they go on: names and values in turn. A write gets an idempotency key if it has none,
 * so that it can be sent again; but not where the shop demands the caller's own.
 */
export function forwardedHeaders(
  request: IncomingMessage,
  requestId: string,
  callersKeys: readonly string[],
): string[] {
  const { headers, rawHeaders, socket } = request;
  const dropped = new Set([...HOP_BY_HOP, ...MADE_ANEW, ...named(headers.connection)]);
  const kept = rawHeaders.flatMap((name, index) =>
    index % 2 === 0 && !dropped.has(name.toLowerCase()) ? [name, rawHeaders[index + 1] ?? ''] : [],
  );
  const before = headers['x-forwarded-for'];
  const path = [before ?? [], socket.remoteAddress ?? []].flat().join(', ');
  kept.push('x-forwarded-for', path, 'x-request-id', requestId);
  if (needsKey(request, callersKeys)) kept.push('idempotency-key', randomUUID());
  return kept;
}

function needsKey(
  { method = '', url = '', headers }: IncomingMessage,
  callersKeys: readonly string[],
): boolean {
  if (!WRITES.includes(method) || headers['idempotency-key'] !== undefined) return false;
  const path = url.replace(/\?.*$/, '').replace(/\/$/, '').toLowerCase();
  return !callersKeys.includes(`${method} ${path}`);
}

/** The headers of an answer as they go back. */
export function returnedHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string | string[]> {
  const dropped = new Set([...HOP_BY_HOP, ...named(headers['connection'])]);
  return Object.fromEntries(
    Object.entries(headers).filter(
      (entry): entry is [string, string | string[]] => entry[1] !== undefined && !dropped.has(entry[0]),
    ),
  );
}

/** What `Connection` itself names is of this connection too. */
const named = (connection: string | string[] | undefined) =>
  [connection ?? []].flat().flatMap((value) => value.toLowerCase().split(/\s*,\s*/));
