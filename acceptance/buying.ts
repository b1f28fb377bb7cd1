// How a test buys: fill the cart, then order it.
import { granted } from './actors.ts';
import type { Answer, Session } from './client.ts';
import type { Cart, Order } from './shapes.ts';
import { uniqueKey } from './unique.ts';

export const ADDRESS = {
  name: 'Ada Buyer',
  line1: '1 Harbour Road',
  city: 'Hamburg',
  postalCode: '20095',
  country: 'DE',
};

export interface Checkout {
  readonly key?: string;
  readonly paymentToken?: string;
  readonly shippingAddress?: object;
}

export async function fillCart(
  customer: Session,
  { id }: { readonly id: string },
  quantity = 1,
): Promise<Cart> {
  return granted(await customer.put<Cart>(`/cart/items/${id}`, { quantity }));
}

/** Orders what is in the cart. The body is a problem where the status says so. */
export const order = (
  customer: Session,
  { key = uniqueKey(), paymentToken = 'tok_ok', shippingAddress = ADDRESS }: Checkout = {},
): Promise<Answer<Order>> =>
  customer.post('/orders', { paymentToken, shippingAddress }, { 'idempotency-key': key });

/** Fills the cart and orders it. */
export async function buy(
  customer: Session,
  product: { readonly id: string },
  { quantity = 1, ...checkout }: Checkout & { readonly quantity?: number } = {},
): Promise<Answer<Order>> {
  await fillCart(customer, product, quantity);
  return order(customer, checkout);
}

export async function findOrder(customer: Session, id: string): Promise<Order> {
  return granted(await customer.get<Order>(`/orders/${id}`));
}
