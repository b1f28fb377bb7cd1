// The catalog's reads for its service: REST on one side, shop.catalog.v1 on the other. What it does not know for certain to
// mean the same there is left to the monolith, which alone says what is wrong with a request.
import { parse, type ParsedUrlQuery } from 'node:querystring';
import { z } from 'zod';
import { callService, ORDERS, type CatalogClient, type Question } from '../../answers/catalog.ts';
import { hasBody } from '../body.ts';
import type { ServiceReads } from '../reads/service-side.ts';
import { pathOf } from './classify.ts';

export const catalogReads = (client: CatalogClient): ServiceReads => ({
  capability: 'catalog',
  translate(request, { path }) {
    const { url = '' } = request;
    const question = hasBody(request) || !PLAIN.test(url) ? undefined : QUESTIONS[path]?.(url);
    return question && ((options) => callService(client, question, options));
  },
});

const QUESTIONS: Readonly<Record<string, (url: string) => Question | undefined>> = {
  '/products': (url) => listIn(queryOf(url)),
  '/products/:id': (url) => productIn(pathOf(url)),
  '/categories': () => ({ about: 'categories' }),
};

/** Whatever else a URL may be, frameworks and standards differ in how they read it. */
const PLAIN = /^\/[\x21\x22\x24-\x7e]*$/;

/** As the monolith's Express does. */
const queryOf = (url: string): ParsedUrlQuery => parse(url.replace(/^[^?]*\??/, ''));

const number = (pattern: RegExp) => z.string().regex(pattern).transform(Number).optional();

/** Values of the plainest form. The contract's limits are the service's to check. */
const listQuery = z.object({
  q: z.string().trim().min(1).max(200).optional(),
  category: z.string().min(1).optional(),
  minPrice: number(/^\d{1,9}$/),
  maxPrice: number(/^\d{1,9}$/),
  sort: z.enum(Object.keys(ORDERS) as (keyof typeof ORDERS)[]).optional(),
  // None and 0 are the default there, and only one of them is here.
  pageSize: number(/^[1-9]\d{0,2}$/),
  pageToken: z.string().min(1).optional(),
});

function listIn(query: ParsedUrlQuery): Question | undefined {
  const { data } = listQuery.safeParse(query);
  if (data === undefined) return undefined;
  const { q: words, ...same } = data;
  return { about: 'products', list: { words, ...same } };
}

/** The shop's own ids: what else a UUID may be, the two sides need not agree on. */
const PRODUCT = /^\/products\/([0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})\/?$/i;

function productIn(path: string): Question | undefined {
  const [, id] = PRODUCT.exec(path) ?? [];
  return id === undefined ? undefined : { about: 'product', id };
}
