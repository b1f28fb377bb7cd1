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
    'on_hand',
  ],
  values: ({ id, sku, name, description, category, price, createdAt, onHand }) => [
    id,
    sku,
    name,
    description,
    category,
    price,
    CURRENCY,
    new Date(createdAt).toISOString(),
    onHand,
  ],
};

/** Filled in this order. */
export const productTables: readonly Table<SeedProduct>[] = [productsTable];

/** The table with `on_hand` and `reserved`, and its column with the product's id. */
export const STOCK = { table: 'products', productId: 'id' };

/** SQL that sets the stock of the products `$1` (uuid[]) to `$2` units each. */
export const PUT_STOCK = `UPDATE products SET on_hand = $2::int WHERE id = ANY ($1::uuid[])`;
