// The body of a request: held whole where it may have to be sent again, else passed on as it comes.
import type { IncomingMessage } from 'node:http';
import { payloadTooLarge } from '#platform/http/problem.ts';

/** Twice the limit of the shop: what lies between, the shop itself refuses, or takes no notice of. */
export const BODY_LIMIT_BYTES = 128 * 1024;

export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

const bodies = new WeakMap<IncomingMessage, Promise<Buffer | null>>();

/**
 * The same however often it is asked for: what is sent twice is read once.
 * @throws {ShopError} `payload_too_large`, when the sender has sent all of it: earlier it would not hear that.
 */
export function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const known = bodies.get(request);
  if (known !== undefined) return known;
  const body = readAll(request);
  bodies.set(request, body);
  return body;
}

async function readAll(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= BODY_LIMIT_BYTES) chunks.push(chunk);
    else chunks.length = 0;
  }
  if (length > BODY_LIMIT_BYTES) throw payloadTooLarge();
  return length === 0 ? null : Buffer.concat(chunks);
}
