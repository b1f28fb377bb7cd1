// Every write of the public contract that takes a key, each with its effect to look at.
import { newId } from '#platform/ids.ts';
import { STOCK } from '../seed/product-tables.ts';
import { CATEGORY, type Ground } from './ground.ts';
import { newBuyer } from './monolith-process.ts';
import { tokenFor, type TestRequest } from './request.ts';

export interface Write {
  readonly request: TestRequest;
  /** What the database holds of it: changes with each time that it is done. */
  readonly effect: () => Promise<string>;
  /** The same operation, asking for something else. */
  readonly other: TestRequest;
}

/** Which table keeps the keys of which write. */
export const WRITES = {
  'POST /customers': 'customers',
  'POST /products': 'catalog',
  'PATCH /products/:id': 'catalog',
  'DELETE /products/:id': 'catalog',
  'PUT /stock/:productId': 'inventory',
  'PUT /cart/items/:productId': 'carts',
  'DELETE /cart/items/:productId': 'carts',
} as const;

export type WriteName = keyof typeof WRITES;

/** A write that was not made yet, on a product and by people of its own. Rows carry their xmin: who wrote them last. */
export async function newWrite(ground: Ground, name: WriteName): Promise<Write> {
  const { customerId, productId } = await newBuyer(ground);
  const admin = await tokenFor(newId(), 'admin');
  const token = await tokenFor(customerId, 'customer');
  const sku = newId().toUpperCase();
  const email = `${newId()}@shop.test`;
  const rows = (statement: string, value: string) => async () =>
    JSON.stringify(await ground.sql(statement, [value]));
  const product = rows('SELECT xmin::text, * FROM products WHERE id = $1', productId);
  const stock = rows(`SELECT xmin::text, * FROM ${STOCK.table} WHERE ${STOCK.productId} = $1`, productId);
  const cart = rows('SELECT xmin::text, * FROM cart_items WHERE customer_id = $1', customerId);
  const draft = {
    sku,
    name: 'Kettle',
    description: 'Boils water.',
    category: CATEGORY,
    price: { amount: 250, currency: 'EUR' },
  };
  const account = { email, password: 'a password of mine', name: 'Ada' };
  const nobody = '01890000-0000-7000-8000-000000000000';

  const writes: Record<WriteName, () => Write> = {
    'POST /customers': () => {
      const to = { method: 'POST', path: '/customers' };
      return {
        request: { ...to, body: account },
        other: { ...to, body: { ...account, password: 'another password' } },
        effect: rows('SELECT xmin::text, * FROM customers WHERE email = $1', email),
      };
    },
    'POST /products': () => {
      const to = { method: 'POST', path: '/products', token: admin };
      return {
        request: { ...to, body: draft },
        other: { ...to, body: { ...draft, name: 'Pot' } },
        effect: rows('SELECT xmin::text, * FROM products WHERE sku = $1', sku),
      };
    },
    'PATCH /products/:id': () => {
      const to = { method: 'PATCH', path: `/products/${productId}`, token: admin };
      // Asked for a second time for itself, it would be refused: the version is another by then.
      const headers = { 'if-match': '"1"' };
      return {
        request: { ...to, headers, body: { name: 'Pot' } },
        other: { ...to, headers: { 'if-match': '"2"' }, body: { name: 'Pot' } },
        effect: product,
      };
    },
    'DELETE /products/:id': () => {
      const to = { method: 'DELETE', token: admin };
      return {
        request: { ...to, path: `/products/${productId}` },
        other: { ...to, path: `/products/${nobody}` },
        effect: product,
      };
    },
    'PUT /stock/:productId': () => {
      const to = { method: 'PUT', path: `/stock/${productId}`, token: admin };
      return {
        request: { ...to, body: { onHand: 7 } },
        other: { ...to, body: { onHand: 8 } },
        effect: stock,
      };
    },
    'PUT /cart/items/:productId': () => {
      const to = { method: 'PUT', path: `/cart/items/${productId}`, token };
      return {
        request: { ...to, body: { quantity: 3 } },
        other: { ...to, body: { quantity: 4 } },
        effect: cart,
      };
    },
    'DELETE /cart/items/:productId': () => {
      const to = { method: 'DELETE', token };
      return {
        request: { ...to, path: `/cart/items/${productId}` },
        other: { ...to, path: `/cart/items/${nobody}` },
        effect: cart,
      };
    },
  };
  return writes[name]();
}
