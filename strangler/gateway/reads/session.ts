// A session as one request shows it: by whom it is known, and what it has seen; and what it has seen after the answer.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { readCookies, seenCookie, visitorCookie } from './cookies.ts';
import { isOfLaterEpoch, type Positions } from './positions.ts';
import { customerOf } from './stickiness.ts';
import type { Told } from './told.ts';

export interface Session {
  /** The customer's id, or the anonymous visitor's. */
  readonly key: string;
  readonly seen: Positions;
  /** The cookies to set with an answer of the owner: what it does not tell is not known any more. */
  afterOwner(told: Positions): readonly string[];
  /**
   * With one of the service, which had everything that was seen. What it shows beside that is what the owner did before;
   * its own position would hide how far that was, but where it has become the owner itself.
   */
  afterService(told: Positions): readonly string[];
  /** Where a write may have been done, and nobody knows. */
  afterSilence(): readonly string[];
}

export function openSession(request: IncomingMessage, capabilities: readonly string[], told: Told): Session {
  const { visitor, seen: cookie } = readCookies(request, capabilities);
  const customer = customerOf(request);
  const anonymous = visitor ?? randomUUID();
  const key = customer === undefined ? `visitor ${anonymous}` : `customer ${customer}`;
  const introduction =
    customer === undefined && visitor === undefined ? [visitorCookie(request, anonymous)] : [];
  const nothing = Object.keys(cookie).length === 0;
  return {
    key,
    // Without a cookie nothing is known, whatever was told here: another gateway may have told more.
    seen: told.recall(key, cookie),
    afterOwner: (now) =>
      nothing && Object.keys(now).length === 0
        ? introduction
        : [...introduction, seenCookie(request, told.add(key, cookie, now))],
    afterService(now) {
      const seen = told.recall(key, cookie);
      const owned = Object.entries(now).filter(([name, position]) =>
        isOfLaterEpoch(position, seen[name] ?? ''),
      );
      return [
        ...introduction,
        seenCookie(request, { ...seen, ...told.add(key, cookie, Object.fromEntries(owned)) }),
      ];
    },
    afterSilence: () => (nothing ? [] : [seenCookie(request, {})]),
  };
}

/** Where nothing is split, nobody keeps count any more: whoever has a cookie loses it. */
export const forgetSession = (
  request: IncomingMessage,
  capabilities: readonly string[],
): readonly string[] =>
  Object.keys(readCookies(request, capabilities).seen).length === 0 ? [] : [seenCookie(request, {})];
