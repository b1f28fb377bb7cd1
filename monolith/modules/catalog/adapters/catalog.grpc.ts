// The catalog as its service has it: the module's own words, said in shop.catalog.v1.
import { z } from 'zod';
import {
  ProductOrder as WireOrder,
  type CatalogServiceService,
  type Product as WireProduct,
} from '../../../../generated/protos/shop/catalog/v1/catalog.ts';
import { ShopError } from '#platform/errors.ts';
import type { CallOptions, GrpcClient } from '#platform/grpc/client.ts';
import { decodePageToken, encodePageToken } from '#platform/http/page-token.ts';
import type { Catalog, ProductDraft, ProductQuery, VersionedProduct } from '../catalog.ts';

export type CatalogClient = GrpcClient<typeof CatalogServiceService>;

/** What is said with a call, and who wants to know what is said with its answer. */
export interface CatalogCall {
  readonly write?: KeyedWrite | undefined;
  /** Told how far the service's database was, if that is wanted. */
  readonly onPosition?: ((position: string | undefined) => void) | undefined;
}

export interface KeyedWrite {
  /** Under which the service is believed to own; under another one it refuses. */
  readonly epoch: number;
  readonly caller: string;
  readonly key: string;
  /** The `If-Match` as it came, quotes included. */
  readonly etag: string | undefined;
}

/** Above the time for which the service's own transactions may last: its answer is worth waiting for. */
const DEADLINE_MS = 3_000;
/** As many as the contract allows. */
const BATCH = 100;

const ORDERS = {
  newest: WireOrder.PRODUCT_ORDER_NEWEST,
  name: WireOrder.PRODUCT_ORDER_NAME,
  price: WireOrder.PRODUCT_ORDER_PRICE,
  '-price': WireOrder.PRODUCT_ORDER_PRICE_DESCENDING,
  relevance: WireOrder.PRODUCT_ORDER_RELEVANCE,
} as const;

/**
 * @returns the catalog, for the uses of one call. They throw what the module itself throws, and `unavailable` where
 * nobody knows whether a write was done: it is done once under its key, however often it is sent.
 */
export function createCatalogByGrpc(client: CatalogClient): (call: CatalogCall) => Catalog {
  return (call) => {
    const options = optionsOf(call);
    const requestId = call.write?.key;

    return {
      getProduct: (id) => asked(async () => versioned((await client.getProduct({ id }, options)).product)),

      getProducts: (ids) =>
        asked(async () => {
          const distinct = [...new Set(ids)];
          const batches = Array.from({ length: Math.ceil(distinct.length / BATCH) }, (_, at) =>
            client.batchGetProducts({ ids: distinct.slice(at * BATCH, (at + 1) * BATCH) }, options),
          );
          return (await Promise.all(batches)).flatMap(({ products }) => products.map(versioned));
        }),

      listProducts: (query, pageSize, after) =>
        asked(async () => {
          const question = questionOf(query);
          const pageToken = after === undefined ? '' : encodePageToken(question, after);
          const request = { pageSize, pageToken, filter: filterOf(query), order: ORDERS[query.order] };
          const { words } = query;
          const page = await (words === undefined
            ? client.listProducts(request, options)
            : client.searchProducts({ ...request, words }, options));
          const token = page.nextPageToken;
          return {
            products: page.products.map(versioned),
            next: token === '' ? undefined : decodePageToken(token, question, position),
          };
        }),

      listCategories: () =>
        asked(async () => {
          const { categories } = await client.listCategories({}, options);
          return categories.map(({ slug, name }) => ({ slug, name }));
        }),

      createProduct: ({ price, ...same }) =>
        asked(async () => {
          const product = { ...same, price: toWire(price) };
          return versioned((await client.createProduct({ product, requestId }, options)).product);
        }),

      updateProduct: (id, { price, ...same }, expectedVersion) =>
        asked(async () => {
          const etag =
            call.write?.etag ?? (expectedVersion === undefined ? undefined : `"${expectedVersion}"`);
          const product = { ...same, price: price && toWire(price) };
          const request = { id, product, updateMask: undefined, etag, requestId };
          return versioned((await client.updateProduct(request, options)).product);
        }),

      archiveProduct: (id) =>
        asked(async () => void (await client.archiveProduct({ id, requestId }, options))),
    };
  };
}

function optionsOf({ write, onPosition }: CatalogCall): CallOptions {
  const metadata = {
    ...(write !== undefined && { 'x-epoch': String(write.epoch), 'x-caller-id': write.caller }),
    ...(onPosition !== undefined && { 'x-want-position': '1' }),
  };
  if (onPosition === undefined) return { deadlineMs: DEADLINE_MS, metadata };
  const onTrailers: CallOptions['onTrailers'] = (trailers) =>
    onPosition(trailers.get('x-position').map(String)[0]);
  return { deadlineMs: DEADLINE_MS, metadata, onTrailers };
}

async function asked<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ShopError) || error.kind !== 'unavailable') throw error;
    throw new ShopError('unavailable', 'unavailable', 'The catalog cannot serve this just now. Try again.', {
      retryAfter: 1,
      cause: error,
    });
  }
}

/** As routes.ts binds a page token to what was asked: both sides make the same. */
const questionOf = ({ words, category, minPrice, maxPrice, order }: ProductQuery) =>
  [words, category, minPrice, maxPrice, order].map((part) => part ?? null);

const position = z.object({ key: z.union([z.string(), z.number()]), id: z.string() });

const filterOf = ({ category, minPrice, maxPrice }: ProductQuery) => ({
  category,
  minPrice: minPrice === undefined ? undefined : BigInt(minPrice),
  maxPrice: maxPrice === undefined ? undefined : BigInt(maxPrice),
});

const toWire = ({ amount, currency }: ProductDraft['price']) => ({ amount: BigInt(amount), currency });

function versioned(product: WireProduct | undefined): VersionedProduct {
  if (product?.price === undefined) throw new Error('an answer without a product');
  const { id, sku, name, description, category, price, etag } = product;
  return {
    product: {
      ...{ id, sku, name, description, category },
      price: { amount: Number(price.amount), currency: price.currency },
    },
    version: Number(/\d+/.exec(etag)?.[0]),
  };
}
