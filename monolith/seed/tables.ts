// How the seed's products, customers and orders become rows: one entry per table, in the order in which keys need them.
import { CURRENCY } from '#platform/money.ts';
import type { CategoryPlan } from './assortment/category-plan.ts';
import type { SeedCartItem } from './carts.ts';
import type { Table } from './copy.ts';
import type { SeedCustomer } from './customers.ts';
import type { SeedLine, SeedOrder } from './orders.ts';
import { productTables } from './product-tables.ts';

const time = (moment: number) => new Date(moment).toISOString();

export const categoriesTable: Table<CategoryPlan> = {
  name: 'categories',
  columns: ['slug', 'name'],
  values: ({ slug, name }) => [slug, name],
};

export const customersTable: Table<SeedCustomer & { readonly passwordHash: string }> = {
  name: 'customers',
  columns: ['id', 'email', 'name', 'password_hash', 'role', 'created_at'],
  values: ({ id, email, name, passwordHash, role, createdAt }) => [
    id,
    email,
    name,
    passwordHash,
    role,
    time(createdAt),
  ],
};

export const cartItemsTable: Table<SeedCartItem> = {
  name: 'cart_items',
  columns: ['customer_id', 'product_id', 'quantity', 'added_at'],
  values: ({ customerId, productId, quantity, addedAt }) => [customerId, productId, quantity, time(addedAt)],
};

export const ordersTable: Table<SeedOrder> = {
  name: 'orders',
  columns: [
    'id',
    'customer_id',
    'idempotency_key',
    'request_hash',
    'status',
    'step',
    'total_amount',
    'total_currency',
    'shipping_address',
    'placed_at',
  ],
  values: ({ id, customerId, status, total, shippingAddress, placedAt }) => [
    id,
    customerId,
    // No request has made the order, so none can be sent again.
    `seed-${id}`,
    'seed',
    status,
    'done',
    total,
    CURRENCY,
    JSON.stringify(shippingAddress),
    time(placedAt),
  ],
};

export const orderItemsTable: Table<SeedLine & { readonly orderId: string; readonly line: number }> = {
  name: 'order_items',
  columns: ['order_id', 'line', 'product_id', 'name', 'unit_amount', 'quantity'],
  values: ({ orderId, line, product, quantity }) => [
    orderId,
    line,
    product.id,
    product.name,
    product.price,
    quantity,
  ],
};

export const paymentsTable: Table<SeedOrder> = {
  name: 'payments',
  columns: ['order_id', 'token', 'amount', 'currency', 'status', 'updated_at'],
  values: ({ id, total, payment }) => [
    id,
    payment.token,
    total,
    CURRENCY,
    payment.status,
    time(payment.updatedAt),
  ],
};

export const tableNames = [
  categoriesTable,
  ...productTables,
  customersTable,
  cartItemsTable,
  ordersTable,
  orderItemsTable,
  paymentsTable,
].map(({ name }) => name);
