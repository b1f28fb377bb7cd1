// Which headers go on from one connection to the other, and what is added on the way.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { Match } from './routes/classify.ts';

export type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>;

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
/** Said anew of what is sent: nobody waits for a "continue" any more, and this is the edge, which believes no caller. */
const MADE_ANEW = [
  'content-length',
  'expect',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-request-id',
];
/** From a monolith to the proxy in front of it. */
const FOR_PROXIES = 'x-route';

/** The headers of a request as they go on: names and values in turn. */
export function forwardedHeaders(request: IncomingMessage, requestId: string, match?: Match): string[] {
  const { headers, rawHeaders, socket } = request;
  const dropped = new Set([...HOP_BY_HOP, ...MADE_ANEW, ...named(headers.connection)]);
  const kept = rawHeaders.flatMap((name, index) =>
    index % 2 === 0 && !dropped.has(name.toLowerCase()) ? [name, rawHeaders[index + 1] ?? ''] : [],
  );
  // Not what it claims of the way here: the shop counts from the end.
  kept.push(
    'x-forwarded-for',
    [headers['x-forwarded-for'] ?? [], socket.remoteAddress ?? []].flat().join(', '),
  );
  kept.push('x-forwarded-proto', (socket as Partial<TLSSocket>).encrypted ? 'https' : 'http');
  if (headers.host !== undefined) kept.push('x-forwarded-host', headers.host);
  kept.push('x-request-id', requestId);
  if (match?.key === 'made' && headers['idempotency-key'] === undefined)
    kept.push('idempotency-key', randomUUID());
  return kept;
}

/** The headers of an answer as they go back. */
export function returnedHeaders(headers: AnswerHeaders): Record<string, string | string[]> {
  const dropped = new Set([...HOP_BY_HOP, FOR_PROXIES, ...named(headers['connection'])]);
  return Object.fromEntries(
    Object.entries(headers).filter(
      (entry): entry is [string, string | string[]] => entry[1] !== undefined && !dropped.has(entry[0]),
    ),
  );
}

/** What `Connection` itself names is of this connection too. */
const named = (connection: string | string[] | undefined) =>
  [connection ?? []].flat().flatMap((value) => value.toLowerCase().split(/\s*,\s*/));
