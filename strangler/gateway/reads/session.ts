// A session as one request shows it: by whom it is known, and what it has seen; and what it has seen after the answer.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { readCookies, seenCookie, visitorCookie } from './cookies.ts';
import { advance, type Positions } from './positions.ts';
import { customerOf } from './stickiness.ts';

export interface Session {
  /** The customer's id, or the anonymous visitor's. */
  readonly key: string;
  readonly seen: Positions;
  /** The cookies to set with an answer of the owner: what it does not tell is not known any more. */
  afterOwner(told: Positions): readonly string[];
  /** With one of the service, which had everything that was seen. */
  afterService(told: Positions): readonly string[];
  /** Where a write may have been done, and nobody knows. */
  afterSilence(): readonly string[];
}

export function openSession(request: IncomingMessage, capabilities: readonly string[]): Session {
  const { visitor, seen } = readCookies(request, capabilities);
  const customer = customerOf(request);
  const anonymous = visitor ?? randomUUID();
  const key = customer === undefined ? `visitor ${anonymous}` : `customer ${customer}`;
  const introduction =
    customer === undefined && visitor === undefined ? [visitorCookie(request, anonymous)] : [];

  const advanced = (told: Positions): Positions =>
    Object.fromEntries(
      Object.entries(told).map(([capability, now]) => [capability, advance(seen[capability], now)]),
    );
  const nothing = Object.keys(seen).length === 0;
  return {
    ...{ key, seen },
    afterOwner: (told) =>
      nothing && Object.keys(told).length === 0
        ? introduction
        : [...introduction, seenCookie(request, advanced(told))],
    afterService: (told) => [...introduction, seenCookie(request, { ...seen, ...advanced(told) })],
    afterSilence: () => (nothing ? [] : [seenCookie(request, {})]),
  };
}
