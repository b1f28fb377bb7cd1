// Page tokens: where the last page ended, opaque to clients, and bound to the question that was asked.
import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { ShopError } from '../errors.ts';

/**
 * @param question what was listed: filters and order. A token is refused for any other question.
 * @param after the sort key of the last row sent.
 */
export function encodePageToken(question: readonly unknown[], after: unknown): string {
  const content = Buffer.from(JSON.stringify([question, after])).toString('base64url');
  return `${content}.${checksum(content)}`;
}

/** @throws {ShopError} `invalid_page_token` for a token that was altered or belongs to another list. */
export function decodePageToken<T extends z.ZodType>(
  token: string,
  question: readonly unknown[],
  after: T,
): z.output<T> {
  try {
    const [, content = '', sum] = /^([\w-]+)\.([\w-]+)$/.exec(token) ?? [];
    if (sum !== checksum(content)) throw new Error('altered');
    const [asked, key] = JSON.parse(Buffer.from(content, 'base64url').toString('utf8')) as [unknown, unknown];
    if (JSON.stringify(asked) !== JSON.stringify(question)) throw new Error('another question');
    return after.parse(key);
  } catch (cause) {
    throw new ShopError(
      'invalid_argument',
      'invalid_page_token',
      'This page token does not belong to this list.',
      {
        cause,
      },
    );
  }
}

/**
 * Finds accidents, not forgers: whoever computes it gets no more than a filter would give. Without a secret, every
 * process that serves the list makes and takes the same tokens.
 */
const checksum = (content: string) => createHash('sha256').update(content).digest('base64url').slice(0, 8);
