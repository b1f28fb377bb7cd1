// The catalog's REST operations as data: they validate, they type the handlers, and they are the documentation.
import { z } from 'zod';
import { operation } from '#platform/http/operation.ts';
import { idParams, MAX_PRICE, money, nextPageToken, pageQuery, price, text } from '#platform/http/schemas.ts';
import { PRODUCT_ORDERS } from './catalog.ts';

const tag = 'catalog';
const slug = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be a slug')
  .max(60);
const sku = z
  .string()
  .regex(/^[A-Z0-9]+(-[A-Z0-9]+)*$/, 'must be capital letters, digits and single dashes')
  .max(40);
const priceFilter = z.coerce.number().int().min(0).max(MAX_PRICE).optional();

const draft = z.object({
  sku,
  name: text(200),
  description: text(5_000),
  category: slug.meta({ description: "A category's slug" }),
  price,
});

export const product = z
  .object({
    id: z.uuid(),
    sku: z.string(),
    name: z.string(),
    description: z.string(),
    category: z.string(),
    price: money,
  })
  .meta({ id: 'Product' });

const ifMatch = z.object({
  'if-match': z
    .string()
    .regex(/^(\*|(W\/)?"\d{1,9}")$/, 'must be an ETag of a product')
    .optional()
    .meta({ description: 'The ETag that the change is based on; without it the last write wins' }),
});

const writeErrors = { sku_taken: 'conflict', unknown_category: 'invalid_argument' } as const;

export const listProducts = operation({
  id: 'listProducts',
  method: 'get',
  path: '/products',
  summary: 'Products for sale, filtered, sorted, page by page',
  tag,
  access: 'anyone',
  query: z.object({
    q: text(200).optional().meta({ description: 'Words that name and description must contain' }),
    category: slug.optional(),
    minPrice: priceFilter,
    maxPrice: priceFilter,
    sort: z
      .enum(PRODUCT_ORDERS)
      .optional()
      .meta({ description: 'By default: relevance if there is a q, else newest' }),
    ...pageQuery,
  }),
  success: {
    status: 200,
    description: 'A page of products',
    body: z.object({ products: z.array(product), nextPageToken }),
  },
  errors: { invalid_page_token: 'invalid_argument' },
});

export const getProduct = operation({
  id: 'getProduct',
  method: 'get',
  path: '/products/:id',
  summary: 'One product; its ETag may be sent back as If-Match',
  tag,
  access: 'anyone',
  params: idParams,
  success: { status: 200, description: 'The product', body: product, etag: true },
  errors: { not_found: 'not_found' },
});

export const listCategories = operation({
  id: 'listCategories',
  method: 'get',
  path: '/categories',
  summary: 'All categories, by name',
  tag,
  access: 'anyone',
  success: {
    status: 200,
    description: 'The categories',
    body: z.object({ categories: z.array(z.object({ slug: z.string(), name: z.string() })) }),
  },
});

export const createProduct = operation({
  id: 'createProduct',
  method: 'post',
  path: '/products',
  summary: 'Put a product on sale; its stock begins at none',
  tag,
  access: 'admin',
  body: draft,
  idempotent: 'whole',
  success: { status: 201, description: 'The new product', body: product },
  errors: writeErrors,
});

export const updateProduct = operation({
  id: 'updateProduct',
  method: 'patch',
  path: '/products/:id',
  summary: 'Change some fields of a product',
  tag,
  access: 'admin',
  params: idParams,
  headers: ifMatch,
  body: draft.partial().refine((changes) => Object.keys(changes).length > 0, 'must change something'),
  idempotent: 'whole',
  success: { status: 200, description: 'The product as it is now', body: product },
  errors: { ...writeErrors, not_found: 'not_found', version_mismatch: 'precondition_failed' },
});

export const archiveProduct = operation({
  id: 'archiveProduct',
  method: 'delete',
  path: '/products/:id',
  summary: 'Take a product off sale; orders keep what they have of it',
  tag,
  access: 'admin',
  params: idParams,
  idempotent: 'whole',
  success: { status: 204, description: 'Archived' },
  errors: { not_found: 'not_found' },
});

export const catalogOperations = [
  listProducts,
  getProduct,
  listCategories,
  createProduct,
  updateProduct,
  archiveProduct,
];
