// The gateway's two cookies: who an anonymous visitor is, and what a session has seen. Both come from callers, so they are
// read without trust, and never throw.
import type { IncomingMessage } from 'node:http';
import { isEncrypted } from '../headers.ts';
import { readPositions, writePositions, type Positions } from './positions.ts';

const VISITOR = 'shop-visitor';
const SEEN = 'shop-seen';
const YEAR_S = 31_536_000;
/** By then a replica has everything, or the owner answers. */
export const SEEN_LIFETIME_S = 60;
/** A comma is not for cookies. */
const SEPARATOR = '&';

export interface Cookies {
  readonly visitor: string | undefined;
  readonly seen: Positions;
}

/** @param capabilities whose positions are of interest. */
export function readCookies({ headers }: IncomingMessage, capabilities: readonly string[]): Cookies {
  const visitor = valueOf(headers.cookie, VISITOR);
  return {
    visitor: /^[0-9a-f-]{36}$/.test(visitor) ? visitor : undefined,
    seen: readPositions(valueOf(headers.cookie, SEEN), SEPARATOR, capabilities),
  };
}

export const visitorCookie = (request: IncomingMessage, visitor: string): string =>
  cookie(request, VISITOR, visitor, YEAR_S);

/** With no position it is taken back. */
export function seenCookie(request: IncomingMessage, seen: Positions): string {
  const value = writePositions(seen, SEPARATOR);
  return cookie(request, SEEN, value, value === '' ? 0 : SEEN_LIFETIME_S);
}

/** Of several with one name, the first, which is that of the nearest path; empty where there is none. */
function valueOf(header: string | undefined, name: string): string {
  const pairs = (header ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
}

function cookie(request: IncomingMessage, name: string, value: string, maxAge: number): string {
  const attributes = `Max-Age=${maxAge}; Path=/; HttpOnly; SameSite=Lax`;
  return `${name}=${value}; ${attributes}${isEncrypted(request) ? '; Secure' : ''}`;
}
