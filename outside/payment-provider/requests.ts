// The shapes of the requests, and what a caller is told whose request has another.
import type { Request } from 'express';
import { z } from 'zod';
import { ShopError } from '#platform/errors.ts';
import { money, token } from './entry.ts';

/** What a header carries unchanged: a key must mean the same there as in a body, a path and a query. */
const key = z.string().regex(/^[\x21-\x7e]{1,255}$/, 'expected 1 to 255 visible ASCII characters, no spaces');

export const chargeRequest = z.object({
  headers: z.object({ 'idempotency-key': key }),
  body: z.strictObject({ token, ...money }),
});
export const keyInBody = z.object({ body: z.strictObject({ key }) });
export const keyInPath = z.object({ params: z.object({ key }) });
export const keyInQuery = z.object({ query: z.object({ key: key.optional() }) });

/** @throws {ShopError} invalid_request, with everything that is wrong and where. */
export function read<S extends z.ZodType>(schema: S, request: Request): z.output<S> {
  const { headers, params, query } = request;
  const result = schema.safeParse({ headers, params, query, body: request.body as unknown });
  if (result.success) return result.data;
  const violations = result.error.issues.map(({ path, message }) => ({
    pointer: `/${path.join('/')}`,
    message,
  }));
  throw new ShopError('invalid_argument', 'invalid_request', 'The request is not valid.', { violations });
}
