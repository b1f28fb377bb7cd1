// The catalog's reads by hand: each route is one query, the same that the monolith asks.
import type { Pool } from 'pg';

interface Row {
  readonly id: string;
  readonly sku: string;
  readonly name: string;
  readonly description: string;
  readonly category_slug: string;
  readonly price_amount: number;
  readonly price_currency: string;
  readonly version: number;
  readonly tier: number;
}

const COLUMNS = 'id, sku, name, description, category_slug, price_amount, price_currency';

const FIND = `SELECT ${COLUMNS}, version FROM products WHERE id = $1 AND archived_at IS NULL`;

const FIRST_PAGE = `SELECT ${COLUMNS}, 0 AS tier FROM products WHERE archived_at IS NULL ORDER BY id DESC LIMIT $1`;

const NEXT_PAGE = `SELECT ${COLUMNS}, 0 AS tier FROM products
  WHERE archived_at IS NULL AND id < $2 ORDER BY id DESC LIMIT $1`;

const SEARCH = `
  WITH named AS MATERIALIZED (
    SELECT ${COLUMNS}, 1 AS tier FROM products
    WHERE archived_at IS NULL AND name_words @@ plainto_tsquery('english', $1)
    ORDER BY id DESC LIMIT $2
  )
  SELECT * FROM named
  UNION ALL SELECT * FROM (
    SELECT ${COLUMNS}, 0 AS tier FROM products
    WHERE archived_at IS NULL AND all_words @@ plainto_tsquery('english', $1)
      AND NOT name_words @@ plainto_tsquery('english', $1)
    ORDER BY id DESC LIMIT $2
  ) AS described WHERE (SELECT count(*) FROM named) < $2
  ORDER BY tier DESC, id DESC LIMIT $2`;

export function createProducts(pool: Pool) {
  const list = async (sql: string, values: unknown[]) =>
    (await pool.query<Row>(sql, values)).rows.map((row) => ({ product: toProduct(row), tier: row.tier }));

  return {
    async find(id: string) {
      const row = (await pool.query<Row>(FIND, [id])).rows[0];
      return row && { product: toProduct(row), version: row.version };
    },
    newest: (limit: number, after?: string) =>
      after === undefined ? list(FIRST_PAGE, [limit]) : list(NEXT_PAGE, [limit, after]),
    search: (words: string, limit: number) => list(SEARCH, [words, limit]),
  };
}

const toProduct = (row: Row) => ({
  id: row.id,
  sku: row.sku,
  name: row.name,
  description: row.description,
  category: row.category_slug,
  price: { amount: row.price_amount, currency: row.price_currency },
});
