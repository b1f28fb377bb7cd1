// The catalog over HTTP. The only file of the module that knows Express.
import { Router } from 'express';
import { z } from 'zod';
import { serve, type Authenticate } from '#platform/http/operation.ts';
import { MAX_PRICE, text } from '#platform/http/schemas.ts';
import { decodePageToken, encodePageToken } from '#platform/http/page-token.ts';
import type { Once } from '#platform/idempotency.ts';
import type { Catalog, ProductOrder, VersionedProduct } from './catalog.ts';
import * as contract from './contract.ts';

/** What a page token may hold, by order: it comes from outside, and goes into a comparison with a column. */
const positionByName = z.object({ key: text(200), id: z.uuid() });
const positionByNumber = z.object({ key: z.int().min(0).max(MAX_PRICE), id: z.uuid() });
const positionIn = (order: ProductOrder) => (order === 'name' ? positionByName : positionByNumber);

export function catalogRoutes(catalog: Catalog, authenticate: Authenticate, once: Once): Router {
  const mount = { router: Router(), authenticate, once };

  serve(mount, contract.listProducts, async ({ query }) => {
    const { q: words, category, minPrice, maxPrice, pageSize, pageToken } = query;
    const order = query.sort ?? (words === undefined ? 'newest' : 'relevance');
    const question = [words, category, minPrice, maxPrice, order].map((part) => part ?? null);
    const after =
      pageToken === undefined ? undefined : decodePageToken(pageToken, question, positionIn(order));
    const { products, next } = await catalog.listProducts(
      { words, category, minPrice, maxPrice, order },
      pageSize,
      after,
    );
    return {
      body: {
        products: products.map(({ product }) => product),
        nextPageToken: next && encodePageToken(question, next),
      },
    };
  });

  serve(mount, contract.getProduct, async ({ params }) => withETag(await catalog.getProduct(params.id)));

  serve(mount, contract.listCategories, async () => ({
    body: { categories: [...(await catalog.listCategories())] },
  }));

  serve(mount, contract.createProduct, async ({ body }) => withETag(await catalog.createProduct(body)));

  serve(mount, contract.updateProduct, async ({ params, headers, body }) => {
    const expected = /\d+/.exec(headers['if-match'] ?? '')?.[0];
    return withETag(
      await catalog.updateProduct(params.id, body, expected === undefined ? undefined : Number(expected)),
    );
  });

  serve(mount, contract.archiveProduct, async ({ params }) => catalog.archiveProduct(params.id));

  return mount.router;
}

const withETag = ({ product, version }: VersionedProduct) => ({
  body: product,
  headers: { ETag: `"${version}"` },
});
