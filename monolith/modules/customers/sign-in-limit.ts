// Slows down whoever guesses passwords: after ten wrong ones for an account, no more for a minute.
import type { Request, RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { ShopError } from '#platform/errors.ts';

const WINDOW_MS = 60_000;
const WRONG_PASSWORDS = 10;

/** Counted per address and account, so that nobody can lock another customer out from elsewhere. */
export function signInLimit(): RequestHandler {
  return rateLimit({
    windowMs: WINDOW_MS,
    limit: WRONG_PASSWORDS,
    skipSuccessfulRequests: true,
    // Only a wrong password counts, not a request that was malformed.
    requestWasSuccessful: (_request, response) => response.statusCode !== 401,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    keyGenerator: (request) => `${ipKeyGenerator(request.ip ?? '')} ${emailOf(request)}`,
    handler: (_request, _response, next) => {
      next(
        new ShopError(
          'rate_limited',
          'too_many_attempts',
          'Too many wrong passwords. Try again in a minute.',
          {
            retryAfter: WINDOW_MS / 1_000,
          },
        ),
      );
    },
  });
}

function emailOf(request: Request): string {
  const { email } = (request.body ?? {}) as { email?: unknown };
  return typeof email === 'string' ? email.toLowerCase().slice(0, 254) : '';
}
