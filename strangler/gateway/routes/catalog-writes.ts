// The catalog's writes for its service: REST on one side, shop.catalog.v1 on the other. What is not certain to mean the same
// there is left to the monolith, which alone says what is wrong with a request.
import { z } from 'zod';
import type { Product } from '../../../generated/protos/shop/catalog/v1/catalog.ts';
import { idempotencyKey, price, text } from '#platform/http/schemas.ts';
import { toPublic, type CatalogClient } from '../../answers/catalog.ts';
import { hasBody } from '../body.ts';
import type { Request } from '../exchange.ts';
import type { ServiceWrites, WriteAnswer, WriteCall } from '../writes/service-writes.ts';

export const catalogWrites = (client: CatalogClient): ServiceWrites => ({
  capability: 'catalog',
  translate(request, { method, path }, body, requestId) {
    const line = `${method} ${path}`;
    if (!Object.hasOwn(WRITES, line) || !idempotencyKey.safeParse(requestId).success) return undefined;
    return WRITES[line as keyof typeof WRITES](client, request, body, requestId);
  },
});

type Translate = (
  client: CatalogClient,
  request: Request,
  body: Buffer | null,
  requestId: string,
) => WriteCall | undefined;

const WRITES = {
  'POST /products': (client, request, body, requestId) => {
    const { data } = draft.safeParse(jsonIn(request, body));
    if (data === undefined || !/^\/products\/?$/i.test(request.url ?? '')) return undefined;
    const product = toWire(data);
    return async (options) =>
      answered(201, (await client.createProduct({ product, requestId }, options)).product);
  },

  'PATCH /products/:id': (client, request, body, requestId) => {
    const id = productIn(request);
    const { data } = changes.safeParse(jsonIn(request, body));
    const etag = ifMatch.safeParse(request.headers['if-match']);
    if (id === undefined || data === undefined || !etag.success) return undefined;
    const update = { id, product: toWire(data), updateMask: undefined, etag: etag.data, requestId };
    return async (options) => answered(200, (await client.updateProduct(update, options)).product);
  },

  'DELETE /products/:id': (client, request, _body, requestId) => {
    const id = productIn(request);
    if (id === undefined || hasBody(request)) return undefined;
    return async (options) => {
      await client.archiveProduct({ id, requestId }, options);
      return { status: 204 };
    };
  },
} as const satisfies Readonly<Record<string, Translate>>;

/** Members and limits are the monolith's, and so is what becomes of a text: it comes out as it would there. */
const draft = z.object({
  sku: z
    .string()
    .regex(/^[A-Z0-9]+(-[A-Z0-9]+)*$/)
    .max(40),
  name: text(200),
  description: text(5_000),
  category: z
    .string()
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/)
    .max(60),
  price,
});
const changes = draft.partial().refine((some) => Object.keys(some).length > 0);
const ifMatch = z
  .string()
  .regex(/^(\*|(W\/)?"\d{1,9}")$/)
  .optional();

/** The shop's own ids: what else a UUID may be, the two sides need not agree on. */
const PRODUCT = /^\/products\/([0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})\/?$/i;
const productIn = ({ url = '' }: Request) => PRODUCT.exec(url)?.[1];

/** What the monolith reads of a body, in bytes. */
const BODY_LIMIT = 64 * 1_024;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @returns undefined for a body that is not of the plainest kind. */
function jsonIn({ headers }: Request, body: Buffer | null): unknown {
  if (body === null || body.length > BODY_LIMIT || headers['content-encoding'] !== undefined)
    return undefined;
  if (!/^application\/json(; ?charset=utf-8)?$/i.test(headers['content-type'] ?? '')) return undefined;
  try {
    return JSON.parse(utf8.decode(body)) as unknown;
  } catch {
    return undefined;
  }
}

/** Money in messages is a wider integer. */
function toWire<Draft extends { readonly price?: z.output<typeof price> | undefined }>({
  price: money,
  ...same
}: Draft) {
  return { ...same, price: money && { ...money, amount: BigInt(money.amount) } };
}

function answered(status: number, product: Product | undefined): WriteAnswer {
  if (product === undefined) throw new Error('an answer without a product');
  return { status, body: toPublic(product), etag: product.etag };
}
