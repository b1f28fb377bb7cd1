// The SQL of the product list: filters, order, and a keyset, so that a page neither skips nor repeats a row
// while rows are inserted before it.
//
// Relevance is two tiers, the newest first in each: products that have every word in their name, then those that
// have them only with the help of the description. Both tiers are read in the order of the primary key or from
// the word index, and end at the page's last row; a computed rank would have to look at every match.
import { empty, join, sqltag as sql, type Sql } from '@prisma/client/runtime/client';
import type { ProductOrder, ProductPosition, ProductQuery } from './catalog.ts';

export interface ProductRow {
  readonly id: string;
  readonly sku: string;
  readonly name: string;
  readonly description: string;
  readonly categorySlug: string;
  readonly priceAmount: number;
  readonly priceCurrency: string;
  readonly version: number;
  /** 1 if the name has every word, else 0. */
  readonly tier: number;
}

/** For every query of products that becomes rows like these. */
export const PRODUCT_COLUMNS = sql`id, sku, name, description, category_slug AS "categorySlug",
  price_amount AS "priceAmount", price_currency AS "priceCurrency", version`;

export function listProductsQuery(query: ProductQuery, limit: number, after?: ProductPosition): Sql {
  if (query.order === 'relevance' && query.words !== undefined)
    return byRelevance(query, query.words, limit, after);
  const filters = [
    ...filtersOf(query),
    ...(query.words === undefined ? [] : [sql`all_words @@ ${wordsOf(query.words)}`]),
  ];
  return select(0, [...filters, ...keyset(query.order, after)], orderBy(query.order), limit);
}

/** Where a page that ends with this row ended. */
export function positionOf(order: ProductOrder, row: ProductRow): ProductPosition {
  const keys = {
    newest: 0,
    name: row.name,
    price: row.priceAmount,
    '-price': row.priceAmount,
    relevance: row.tier,
  };
  return { key: keys[order], id: row.id };
}

function byRelevance(query: ProductQuery, words: string, limit: number, after?: ProductPosition): Sql {
  const inName = sql`name_words @@ ${wordsOf(words)}`;
  const onlyInText = sql`all_words @@ ${wordsOf(words)} AND NOT ${inName}`;
  const tier = (number: 0 | 1, condition: Sql) => {
    const keysetOfTier = after?.key === number ? [sql`id < ${after.id}::uuid`] : [];
    return select(number, [...filtersOf(query), condition, ...keysetOfTier], sql`id DESC`, limit);
  };
  if (after?.key === 0) return tier(0, onlyInText);
  // The second tier is read only where the first does not fill the page.
  return sql`WITH named AS MATERIALIZED (${tier(1, inName)})
    SELECT * FROM named
    UNION ALL SELECT * FROM (${tier(0, onlyInText)}) AS described WHERE (SELECT count(*) FROM named) < ${limit}
    ORDER BY tier DESC, id DESC LIMIT ${limit}`;
}

const wordsOf = (words: string) => sql`plainto_tsquery('english', ${words})`;

function filtersOf({ category, minPrice, maxPrice }: ProductQuery): Sql[] {
  return [
    sql`archived_at IS NULL`,
    ...(category === undefined ? [] : [sql`category_slug = ${category}`]),
    ...(minPrice === undefined ? [] : [sql`price_amount >= ${minPrice}`]),
    ...(maxPrice === undefined ? [] : [sql`price_amount <= ${maxPrice}`]),
  ];
}

function orderBy(order: ProductOrder): Sql {
  if (order === 'name') return sql`name, id`;
  if (order === 'price') return sql`price_amount, id`;
  if (order === '-price') return sql`price_amount DESC, id DESC`;
  return sql`id DESC`;
}

function keyset(order: ProductOrder, after?: ProductPosition): Sql[] {
  if (after === undefined) return [];
  const { key, id } = after;
  if (order === 'name') return [sql`(name, id) > (${key}, ${id}::uuid)`];
  if (order === 'price') return [sql`(price_amount, id) > (${key}, ${id}::uuid)`];
  if (order === '-price') return [sql`(price_amount, id) < (${key}, ${id}::uuid)`];
  return [sql`id < ${id}::uuid`];
}

function select(tier: 0 | 1, conditions: Sql[], order: Sql, limit: number): Sql {
  return sql`SELECT ${PRODUCT_COLUMNS}, ${tier}::int AS tier FROM products
    WHERE ${conditions.length === 0 ? empty : join(conditions, ' AND ')}
    ORDER BY ${order} LIMIT ${limit}`;
}
