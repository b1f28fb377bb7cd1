// One line of the ledger: something that happened to a key, once and for all.
import { z } from 'zod';

const about = { id: z.string(), key: z.string(), at: z.iso.datetime() };

export const money = {
  /** Minor units: cents. */
  amount: z.int().positive(),
  /** ISO 4217. */
  currency: z.string().regex(/^[A-Z]{3}$/, 'expected three upper-case letters'),
};

export const token = z.string().min(1).max(255);

export const entrySchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('charge'), ...about, ...money, token }),
  z.object({ type: z.literal('decline'), ...about, ...money, token }),
  z.object({ type: z.literal('refund'), ...about, ...money }),
  z.object({ type: z.literal('void'), ...about }),
]);

export type Entry = z.output<typeof entrySchema>;

type WithoutStamp<E> = E extends Entry ? Omit<E, 'id' | 'key' | 'at'> : never;

/** An entry before the ledger has given it an id, a key and a time. */
export type Draft = WithoutStamp<Entry>;
