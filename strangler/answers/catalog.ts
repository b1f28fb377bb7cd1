// What the catalog can be asked on either side, and how each side's answer reads in the words of the public API.
import {
  ProductOrder,
  type CatalogServiceService,
  type Product,
} from '../../generated/protos/shop/catalog/v1/catalog.ts';
import { ShopError } from '#platform/errors.ts';
import type { CallOptions, GrpcClient } from '#platform/grpc/client.ts';

export interface ProductList {
  readonly words?: string | undefined;
  readonly category?: string | undefined;
  /** Minor units, inclusive. */
  readonly minPrice?: number | undefined;
  readonly maxPrice?: number | undefined;
  readonly sort?: keyof typeof ORDERS | undefined;
  /** Without it, the side's default. */
  readonly pageSize?: number | undefined;
  readonly pageToken?: string | undefined;
}

export type Question =
  | { readonly about: 'product'; readonly id: string }
  | { readonly about: 'products'; readonly list: ProductList }
  | { readonly about: 'categories' };

/** As the public API answers: a body, and for one product its ETag; or an error's code. */
export interface Answer {
  readonly body?: Readonly<Record<string, unknown>>;
  readonly etag?: string;
  readonly error?: string;
}

export type Ask = (question: Question) => Promise<Answer>;

export const ORDERS = {
  newest: ProductOrder.PRODUCT_ORDER_NEWEST,
  name: ProductOrder.PRODUCT_ORDER_NAME,
  price: ProductOrder.PRODUCT_ORDER_PRICE,
  '-price': ProductOrder.PRODUCT_ORDER_PRICE_DESCENDING,
  relevance: ProductOrder.PRODUCT_ORDER_RELEVANCE,
} as const;

/** @param url of the monolith: `http://127.0.0.1:3000`. */
export function askMonolith(url: string): Ask {
  return async (question) => {
    const response = await fetch(`${url}${pathOf(question)}`);
    const body = (await response.json()) as Readonly<Record<string, unknown>>;
    if (!response.ok) return { error: String(body['code']) };
    const etag = question.about === 'product' ? response.headers.get('etag') : null;
    return { body, ...(etag !== null && { etag }) };
  };
}

function pathOf(question: Question): string {
  if (question.about === 'product') return `/products/${question.id}`;
  if (question.about === 'categories') return '/categories';
  const { words, ...same } = question.list;
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries({ q: words, ...same }))
    if (value !== undefined) parameters.set(name, String(value));
  return `/products?${parameters.toString()}`;
}

export function askService(client: CatalogClient): Ask {
  return async (question) => {
    try {
      return await callService(client, question);
    } catch (error) {
      if (error instanceof ShopError) return { error: error.code };
      throw error;
    }
  };
}

export type CatalogClient = GrpcClient<typeof CatalogServiceService>;

/** As the public API answers, members in its order. @throws {ShopError} as the client does. */
export async function callService(
  client: CatalogClient,
  question: Question,
  options?: CallOptions,
): Promise<{ readonly body: Readonly<Record<string, unknown>>; readonly etag?: string }> {
  if (question.about === 'categories') return { body: { ...(await client.listCategories({}, options)) } };
  if (question.about === 'product') {
    const { product } = await client.getProduct({ id: question.id }, options);
    if (product === undefined) throw new Error('an answer without a product');
    return { body: toPublic(product), etag: product.etag };
  }
  const { words, sort, pageSize = 0, pageToken = '', category, minPrice, maxPrice } = question.list;
  const filter = { category, minPrice: integer(minPrice), maxPrice: integer(maxPrice) };
  const order = sort === undefined ? ProductOrder.PRODUCT_ORDER_UNSPECIFIED : ORDERS[sort];
  const request = { pageSize, pageToken, filter, order };
  const page = await (words === undefined
    ? client.listProducts(request, options)
    : client.searchProducts({ ...request, words }, options));
  return {
    body: {
      products: page.products.map(toPublic),
      // Absent on the last page, where gRPC says it with an empty text.
      ...(page.nextPageToken !== '' && { nextPageToken: page.nextPageToken }),
    },
  };
}

/** An ETag is a header there, and in a list there is none. */
export function toPublic({ etag: _, price, ...same }: Product): Readonly<Record<string, unknown>> {
  return { ...same, price: price && { ...price, amount: Number(price.amount) } };
}

const integer = (amount: number | undefined) => (amount === undefined ? undefined : BigInt(amount));
