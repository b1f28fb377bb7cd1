// What the gateway itself says when no side can: each with a code that clients may rely on, and when to ask again.
import { ShopError } from '#platform/errors.ts';

const SOON = { retryAfter: 1 };

/** Nothing was sent, or the connection broke: a write may or may not have been done. */
export const unavailable = (cause: unknown) =>
  new ShopError('unavailable', 'unavailable', 'The shop does not answer. Try again soon.', {
    ...SOON,
    cause,
  });

/** Nothing was sent. */
export const overloaded = () =>
  new ShopError(
    'unavailable',
    'overloaded',
    'The shop has more to do than it can bear. Try again soon.',
    SOON,
  );

export const deadlineExceeded = () =>
  new ShopError(
    'unavailable',
    'deadline_exceeded',
    'The shop took too long. A change may still take place: send it again under the same idempotency key.',
    SOON,
  );

/** The side has no part in it. */
export class SlowCaller extends ShopError {
  constructor() {
    super('invalid_argument', 'malformed_request', 'The request did not arrive whole in time.');
  }
}

/** The caller hung up: no one is left to be answered. */
export class CallerGone extends Error {}
