// Where a product and its stock stand: for the seed, the bench and the tests, which fill the tables without the modules.
import { CURRENCY } from '#platform/money.ts';
import type { Table } from './copy.ts';
import type { SeedProduct } from './products.ts';

const productsTable: Table<SeedProduct> = {
  name: 'products',
  columns: [
    'id',
    'sku',
    'name',
    'description',
    'category_slug',
    'price_amount',
    'price_currency',
    'created_at',
  ],
  values: ({ id, sku, name, description, category, price, createdAt }) => [
    id,
    sku,
    name,
    description,
    category,
    price,
    CURRENCY,
    new Date(createdAt).toISOString(),
  ],
};

const stockTable: Table<SeedProduct> = {
  name: 'stock',
  columns: ['product_id', 'on_hand'],
  values: ({ id, onHand }) => [id, onHand],
};

/** Filled in this order. */
export const productTables: readonly Table<SeedProduct>[] = [productsTable, stockTable];

/** The table with `on_hand` and `reserved`, and its column with the product's id. */
export const STOCK = { table: 'stock', productId: 'product_id' };

/** SQL that sets the stock of the products `$1` (uuid[]) to `$2` units each. */
export const PUT_STOCK = `
  INSERT INTO stock (product_id, on_hand) SELECT unnest($1::uuid[]), $2::int
  ON CONFLICT (product_id) DO UPDATE SET on_hand = excluded.on_hand`;
