// The carts' REST operations as data: they validate, they type the handlers, and they are the documentation.
import { z } from 'zod';
import { operation } from '#platform/http/operation.ts';
import { id, money } from '#platform/http/schemas.ts';

const tag = 'carts';
const params = z.object({ productId: id });

const cart = z
  .object({
    items: z.array(z.object({ productId: z.uuid(), name: z.string(), unitPrice: money, quantity: z.int() })),
    total: money,
  })
  .meta({ id: 'Cart' });

const success = { status: 200, description: 'The cart as it is now', body: cart };

export const getCart = operation({
  id: 'getCart',
  method: 'get',
  path: '/cart',
  summary: "The customer's cart, at today's prices",
  tag,
  access: 'customer',
  success,
});

export const putCartItem = operation({
  id: 'putCartItem',
  method: 'put',
  path: '/cart/items/:productId',
  summary: 'Set how many of a product are in the cart',
  tag,
  access: 'customer',
  params,
  body: z.object({ quantity: z.int().min(1).max(1_000) }),
  idempotent: 'whole',
  success,
  errors: { not_found: 'not_found', cart_full: 'conflict' },
});

export const removeCartItem = operation({
  id: 'removeCartItem',
  method: 'delete',
  path: '/cart/items/:productId',
  summary: 'Take a product out of the cart',
  tag,
  access: 'customer',
  params,
  idempotent: 'whole',
  success,
  errors: { not_found: 'not_found' },
});

export const cartsOperations = [getCart, putCartItem, removeCartItem];
