// The shapes that every module's contract shares: text that a database can hold, ids, money, pages, problems.
import { z } from 'zod';
import { CURRENCY } from '../money.ts';

/** Trimmed, not empty, and free of what PostgreSQL cannot store: NUL, and halves of characters. */
export const text = (maxLength: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(maxLength)
    .refine(
      (value) => !value.includes('\0') && value.isWellFormed(),
      'must be well-formed Unicode without NUL',
    );

export const id = z.uuid().meta({ description: 'A UUIDv7, ordered by time of creation' });

/** A caller's own name for one intention, in the header `Idempotency-Key`. */
export const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, 'must be 1 to 255 printable characters');

export const idParams = z.object({ id });

export const money = z
  .object({
    amount: z.int().min(0).max(Number.MAX_SAFE_INTEGER).meta({ description: 'Minor units: cents' }),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/)
      .meta({ description: 'ISO 4217' }),
  })
  .meta({ id: 'Money' });

/** What a product may be priced at: an integer column, and the shop's currency. */
export const MAX_PRICE = 100_000_000;

export const price = z
  .object({ amount: z.int().min(1).max(MAX_PRICE), currency: z.literal(CURRENCY) })
  .meta({ id: 'Price', description: 'An amount in minor units (cents) of the one currency of the shop' });

export const DEFAULT_PAGE_SIZE = 24;

export const pageQuery = {
  pageSize: z.coerce.number().int().min(1).max(100).default(DEFAULT_PAGE_SIZE),
  pageToken: z.string().max(4_000).optional().meta({ description: 'nextPageToken of the page before' }),
};

export const nextPageToken = z.string().optional().meta({ description: 'Absent on the last page' });

export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string().meta({ description: 'Stable; branch on this' }),
    detail: z.string(),
    requestId: z.string(),
    violations: z.array(z.object({ pointer: z.string(), message: z.string() })).optional(),
  })
  .loose()
  .meta({ id: 'Problem', description: 'RFC 9457' });
