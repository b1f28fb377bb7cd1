// A service's answer to a write as the monolith would have given it: the same body, and the same headers.
import { ShopError } from '#platform/errors.ts';
import { problemAnswer } from '#platform/http/problem.ts';
import { securityHeaders } from '#platform/http/security-headers.ts';
import type { Exchange } from '../exchange.ts';
import type { WriteAnswer } from './service-writes.ts';

/** @param told more headers. */
export function answerWrite(
  { request, response }: Exchange,
  capability: string,
  answer: WriteAnswer | ShopError,
  told: Readonly<Record<string, string | string[]>>,
): void {
  securityHeaders(request, response, () => undefined);
  const common = { 'x-request-id': request.id, 'x-served-by': capability, ...told };
  if (answer instanceof ShopError) {
    const { status, headers, body } = problemAnswer(answer, request.id);
    response
      .writeHead(status, { ...common, ...headers, 'content-length': Buffer.byteLength(body) })
      .end(body);
    return;
  }
  const { status, body, etag } = answer;
  const done = { ...common, 'cache-control': 'no-store', ...(etag !== undefined && { etag }) };
  if (body === undefined) {
    response.writeHead(status, done).end();
    return;
  }
  const text = JSON.stringify(body);
  const contentType = 'application/json; charset=utf-8';
  response
    .writeHead(status, { ...done, 'content-type': contentType, 'content-length': Buffer.byteLength(text) })
    .end(text);
}
