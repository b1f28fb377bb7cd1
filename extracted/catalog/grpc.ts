// The catalog over gRPC: every call of its contract. What routes.ts is to the module in the monolith.
import { z } from 'zod';
import { CatalogServiceService } from '../../generated/protos/shop/catalog/v1/catalog.ts';
import { serve, type ServedService } from '#platform/grpc/serve.ts';
import { decodePageToken, encodePageToken } from '#platform/http/page-token.ts';
import { DEFAULT_PAGE_SIZE, MAX_PRICE, text } from '#platform/http/schemas.ts';
import type { Once } from '#platform/idempotency.ts';
import type { CatalogDatabase } from './database.ts';
import type { Catalog, ProductOrder, ProductQuery, VersionedProduct } from './catalog.ts';
import {
  archival,
  createKeyedWrites,
  creation,
  stored,
  update,
  type RequireEpoch,
  type StoredProduct,
} from './keyed-writes.ts';
import { changesIn, draftIn, etagOf, filterOf, ORDERS, toWire, versionIn } from './messages.ts';

/** What a page token may hold, by order: it comes from outside, and goes into a comparison with a column. */
const positionByName = z.object({ key: text(200), id: z.uuid() });
const positionByNumber = z.object({ key: z.int().min(0).max(MAX_PRICE), id: z.uuid() });
const positionIn = (order: ProductOrder) => (order === 'name' ? positionByName : positionByNumber);

export function catalogService(
  catalog: Catalog,
  once: Once,
  inTransaction: CatalogDatabase['inTransaction'],
  requireEpoch: RequireEpoch,
): ServedService {
  const write = createKeyedWrites(once, inTransaction, requireEpoch);

  return serve(CatalogServiceService, {
    getProduct: async ({ id }) => ({ product: versioned(await catalog.getProduct(id)) }),

    async batchGetProducts({ ids }) {
      const found = new Map((await catalog.getProducts(ids)).map((each) => [each.product.id, each]));
      // The database writes every id in lower case, callers need not.
      const inOrder = ids.map((id) => ({ id, found: found.get(id.toLowerCase()) }));
      return {
        products: inOrder.flatMap((each) => (each.found === undefined ? [] : [versioned(each.found)])),
        missingIds: inOrder.filter((each) => each.found === undefined).map(({ id }) => id),
      };
    },

    listProducts: ({ filter, order, ...page }) =>
      listPage({ ...filterOf(filter), order: ORDERS[order] ?? 'newest' }, page),

    searchProducts: ({ words, filter, order, ...page }) =>
      listPage({ words, ...filterOf(filter), order: ORDERS[order] ?? 'relevance' }, page),

    listCategories: async () => ({ categories: [...(await catalog.listCategories())] }),

    async createProduct(request, context) {
      const draft = draftIn(request.product);
      const work = async () => stored(await catalog.createProduct(draft));
      return { product: answered(await write(creation(draft), request, context, work)) };
    },

    async updateProduct(request, context) {
      const { id, etag } = request;
      const changes = changesIn(request);
      const work = async () => stored(await catalog.updateProduct(id, changes, versionIn(etag)));
      return { product: answered(await write(update(id, changes, etag), request, context, work)) };
    },

    async archiveProduct(request, context) {
      await write(archival(request.id), request, context, () => catalog.archiveProduct(request.id));
      return {};
    },
  });

  async function listPage(
    query: ProductQuery,
    { pageSize, pageToken }: { readonly pageSize: number; readonly pageToken: string },
  ) {
    const { words, category, minPrice, maxPrice, order } = query;
    // The monolith's question, so that a list which began there goes on here.
    const question = [words, category, minPrice, maxPrice, order].map((part) => part ?? null);
    const after = pageToken === '' ? undefined : decodePageToken(pageToken, question, positionIn(order));
    const { products, next } = await catalog.listProducts(query, pageSize || DEFAULT_PAGE_SIZE, after);
    return {
      products: products.map(versioned),
      nextPageToken: next === undefined ? '' : encodePageToken(question, next),
    };
  }
}

const versioned = ({ product, version }: VersionedProduct) => toWire(product, etagOf(version));
const answered = ({ body, headers }: StoredProduct) => toWire(body, headers.ETag);
