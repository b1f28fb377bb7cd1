// A service's answer as the monolith would have given it: the same body, and the same headers that clients rely on.
import type { IncomingMessage } from 'node:http';
import { ShopError } from '#platform/errors.ts';
import { problemAnswer } from '#platform/http/problem.ts';
import { securityHeaders } from '#platform/http/security-headers.ts';
import type { Exchange } from '../exchange.ts';
import type { RestAnswer } from './service-side.ts';

/** @param cookies to be set with it. */
export function answerWith(
  { request, response }: Exchange,
  capability: string,
  answer: RestAnswer | ShopError,
  cookies: readonly string[],
): void {
  securityHeaders(request, response, () => undefined);
  response.setHeader('x-request-id', request.id);
  response.setHeader('x-served-by', capability);
  if (cookies.length > 0) response.setHeader('set-cookie', cookies);
  if (answer instanceof ShopError) {
    const { status, headers, body } = problemAnswer(answer, request.id);
    response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
    return;
  }
  const { body, etag } = answer;
  if (etag !== undefined) response.setHeader('etag', etag);
  if (etag !== undefined && hasAlready(request, etag)) {
    response.writeHead(304).end();
    return;
  }
  const text = JSON.stringify(body);
  response
    .writeHead(200, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(text),
    })
    .end(text);
}

/** As Express reads If-None-Match: a reload that asks for no cache gets the whole. */
function hasAlready({ headers }: IncomingMessage, etag: string): boolean {
  const asked = headers['if-none-match'];
  if (asked === undefined || /(?:^|,)\s*no-cache\s*(?:,|$)/.test(headers['cache-control'] ?? ''))
    return false;
  return asked === '*' || asked.split(',').some((tag) => tag.replace(/^ *(?:W\/)?| *$/g, '') === etag);
}
