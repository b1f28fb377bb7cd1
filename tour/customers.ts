// Customers: each looks at a list and at a product, and buys the newest of which there are few pieces, as all others do.
import type { Session } from '../load/session.ts';
import type { Told } from './told.ts';
import { ask } from './visitor.ts';

const ADDRESS = { name: 'Ada', line1: '1 Harbour Road', city: 'Hamburg', postalCode: '20095', country: 'DE' };
/** Of turns, one in so many ends in an order. */
const BUYS_EVERY = 3;

/** @returns what a customer does next, each time that it is called. */
export function createCustomer(told: Told, session: Session, number: number): () => Promise<void> {
  let turns = number;
  told.promised.orders.set(number, []);

  async function browse(): Promise<void> {
    const list = await ask(told, session, { method: 'GET', path: '/products?pageSize=10' }, ['200']);
    const products = (list?.body as { products?: readonly { id: string }[] } | undefined)?.products ?? [];
    const product = products[turns % Math.max(1, products.length)];
    if (product) await ask(told, session, { method: 'GET', path: `/products/${product.id}` }, ['200']);
  }

  async function buy(): Promise<void> {
    const product = told.promised.scarce.at(-1);
    if (product === undefined) return;
    const item = { method: 'PUT', path: `/cart/items/${product.id}`, body: { quantity: 1 } } as const;
    if ((await ask(told, session, item, ['200'])) === undefined) return;
    const body = { paymentToken: 'tok_ok', shippingAddress: ADDRESS };
    const order = { method: 'POST', path: '/orders', body } as const;
    const answer = await ask(told, session, order, ['201', '409 out_of_stock']);
    if (answer?.outcome === '201') {
      told.counts.orders += 1;
      told.promised.orders.get(number)?.push((answer.body as { id: string }).id);
      return;
    }
    // What cannot be had would stand in the way of the next order.
    if (answer) told.counts.soldOut += 1;
    await ask(told, session, { method: 'DELETE', path: item.path }, ['200']);
  }

  return async () => {
    turns += 1;
    await browse();
    if (turns % BUYS_EVERY === 0) await buy();
  };
}
