// Which headers go on from one connection to the other, and what is added on the way.
import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { malformedRequest } from '#platform/http/problem.ts';
import { keyOf } from './key.ts';
import type { Match } from './routes/classify.ts';
import { traceHeaders } from './tracing.ts';

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
/** Between a side and the gateway: callers can neither say them nor see them. */
const PRIVATE = [
  'x-route', //
  'x-want-position', // from stage-3
  'x-position', // from stage-3
  'x-shop-side', // from stage-3
  'x-want-owner', // from stage-4
  'x-owner', // from stage-4
  'x-epoch', // from stage-4
  'x-caller-id', // from stage-4
];
const NOT_FORWARDED: ReadonlySet<string> = new Set([...HOP_BY_HOP, ...PRIVATE, ...MADE_ANEW]);
const NOT_RETURNED: ReadonlySet<string> = new Set([...HOP_BY_HOP, ...PRIVATE]);
/** A name and a port; it is said twice on the way on, so a longer one could be too much there. */
const MAX_HOST = 261;
/** Node counts more of each line than its text, so many short ones weigh more behind than they did here. */
const MAX_LINES = 200;

/**
 * The headers of a request as they go on: names and values in turn.
 * @throws {ShopError} `malformed_request` for a host that is none, or hundreds of headers.
 */
export function forwardedHeaders(request: IncomingMessage, requestId: string, match?: Match): string[] {
  const { headers, rawHeaders, socket } = request;
  if (rawHeaders.length > 2 * MAX_LINES || (headers.host?.length ?? 0) > MAX_HOST) throw malformedRequest();
  const traced = traceHeaders();
  const dropped = withNamed(NOT_FORWARDED, headers.connection, Object.keys(traced));
  const kept: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    if (!dropped.has(name.toLowerCase())) kept.push(name, rawHeaders[at + 1] ?? '');
  }
  // Not what it claims of the way here: the shop counts from the end.
  const way = [headers['x-forwarded-for'] ?? [], socket.remoteAddress ?? []].flat().join(', ');
  const said = ['x-forwarded-for', way, 'x-forwarded-proto', isEncrypted(request) ? 'https' : 'http'];
  if (headers.host !== undefined) said.push('x-forwarded-host', headers.host);
  said.push('x-request-id', requestId, ...Object.entries(traced).flat());
  if (match?.key === 'made' && headers['idempotency-key'] === undefined)
    said.push('idempotency-key', keyOf(request));
  return [...said, ...kept];
}

/** The headers of an answer as they go back, with the request's id whether the side has said it or not. */
export function returnedHeaders(
  headers: AnswerHeaders,
  requestId: string,
): Record<string, string | string[]> {
  const dropped = withNamed(NOT_RETURNED, headers['connection'], []);
  const returned: Record<string, string | string[]> = { 'x-request-id': requestId };
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined && name !== 'x-request-id' && !dropped.has(name)) returned[name] = value;
  }
  return returned;
}

/** Whether the caller speaks TLS; what it claims of others in front is not believed. */
export const isEncrypted = ({ socket }: IncomingMessage): boolean =>
  (socket as Partial<TLSSocket>).encrypted === true;

/** What `Connection` itself names is of this connection too; nearly always that is nothing but itself. */
function withNamed(
  always: ReadonlySet<string>,
  connection: string | string[] | undefined,
  more: readonly string[],
): ReadonlySet<string> {
  if (more.length === 0 && (connection === undefined || ORDINARY.has(String(connection)))) return always;
  const named = [connection ?? []].flat().flatMap((value) => value.toLowerCase().split(/\s*,\s*/));
  return new Set([...always, ...more, ...named]);
}
const ORDINARY: ReadonlySet<string> = new Set(['keep-alive', 'close']);
