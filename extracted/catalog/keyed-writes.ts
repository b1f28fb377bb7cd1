// Writes under a request id. A key, its request and its reply are stored as the monolith stores those of the same write
// over HTTP (platform/http/operation.ts): keys move with the rows, and what was answered there is answered alike here.
import { requireTime } from '#platform/call-context.ts';
import { ShopError } from '#platform/errors.ts';
import type { HandlerContext } from '#platform/grpc/serve.ts';
import type { Once } from '#platform/idempotency.ts';
import type { Product, ProductDraft, VersionedProduct } from './catalog.ts';
import type { CatalogDatabase } from './database.ts';
import { etagOf } from './messages.ts';

/** Who the write is done for: the keys of different callers have nothing to do with each other. */
const CALLER = 'x-caller-id';
/** As long as an index can hold, and as a request id may be. */
const CALLER_FORM = /^[\x21-\x7e]{1,255}$/;
/** Whoever is not named: all of those share their keys. */
const NOBODY = '';

/** A reply over HTTP, which is what the key's row holds. */
export interface StoredProduct {
  readonly body: Product;
  readonly headers: { readonly ETag: string };
}

interface Write {
  /** As an operation of the public API: its id, and path, query, headers and body. */
  readonly operation: string;
  readonly request: readonly [path: unknown, query: unknown, headers: unknown, body: unknown];
}

export const creation = (draft: ProductDraft): Write => ({
  operation: 'createProduct',
  request: [null, null, null, draft],
});

export const update = (id: string, changes: Partial<ProductDraft>, etag: string | undefined): Write => ({
  operation: 'updateProduct',
  request: [{ id }, null, etag === undefined ? {} : { 'if-match': etag }, changes],
});

export const archival = (id: string): Write => ({
  operation: 'archiveProduct',
  request: [{ id }, null, null, null],
});

/** @throws {ShopError} `not_the_owner`: then all is undone. */
export type RequireEpoch = (context: HandlerContext) => Promise<void>;

/**
 * Does a write, or under a request id that was used before answers as it did then. One that nobody waits for any more
 * when it could commit is undone: whoever was told that its time had passed finds nothing changed afterwards.
 * @param requireEpoch whether what was written may be committed.
 */
export function createKeyedWrites(
  once: Once,
  inTransaction: CatalogDatabase['inTransaction'],
  requireEpoch: RequireEpoch,
) {
  return async <Reply>(
    { operation, request }: Write,
    { requestId }: { readonly requestId?: string | undefined },
    context: HandlerContext,
    work: () => Promise<Reply>,
  ): Promise<Reply> => {
    const workInTime = async () => {
      const reply = await work();
      await requireEpoch(context);
      requireTime(context);
      return reply;
    };
    if (requestId === undefined) return inTransaction(workInTime);
    return once({ caller: callerOf(context), key: requestId, operation, request }, workInTime);
  };
}

function callerOf({ metadata }: HandlerContext): string {
  const given = metadata.get(CALLER).map(String);
  const [caller = NOBODY] = given;
  if (given.length === 0 || (given.length === 1 && CALLER_FORM.test(caller))) return caller;
  const message = `${CALLER} has to be one name of 1 to 255 printable characters.`;
  throw new ShopError('invalid_argument', 'invalid_request', message);
}

export const stored = ({ product, version }: VersionedProduct): StoredProduct => ({
  body: product,
  headers: { ETag: etagOf(version) },
});
