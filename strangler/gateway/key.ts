// The idempotency key under which a write goes on: the caller's, or one that is made for it, once however often it is sent.
import type { IncomingMessage } from 'node:http';
import { randomUUID } from 'node:crypto';

const made = new WeakMap<IncomingMessage, string>();

/** For a write whose route is one that takes keys. */
export function keyOf(request: IncomingMessage): string {
  const given = request.headers['idempotency-key'] ?? made.get(request);
  if (given !== undefined) return String(given);
  const key = randomUUID();
  made.set(request, key);
  return key;
}
