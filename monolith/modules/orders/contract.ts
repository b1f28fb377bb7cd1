// The orders' REST operations as data: they validate, they type the handlers, and they are the documentation.
import { z } from 'zod';
import { operation } from '#platform/http/operation.ts';
import { idempotencyKey, idParams, money, nextPageToken, pageQuery, text } from '#platform/http/schemas.ts';
import { ORDER_STATUSES, PAYMENT_STATUSES } from './orders.ts';

const tag = 'orders';

const shippingAddress = z
  .object({
    name: text(200),
    line1: text(200),
    line2: text(200).optional(),
    city: text(100),
    postalCode: text(20),
    country: z
      .string()
      .regex(/^[A-Z]{2}$/, 'must be an ISO 3166-1 alpha-2 code')
      .meta({ example: 'DE' }),
  })
  .meta({ id: 'ShippingAddress' });

const order = z
  .object({
    id: z.uuid(),
    status: z.enum(ORDER_STATUSES).meta({ description: 'A pending order settles by itself' }),
    items: z.array(z.object({ productId: z.uuid(), name: z.string(), unitPrice: money, quantity: z.int() })),
    total: money,
    payment: z.object({ status: z.enum(PAYMENT_STATUSES) }),
    placedAt: z.iso.datetime(),
  })
  .meta({ id: 'Order' });

const orderKey = idempotencyKey.meta({
  description: 'Your own; the same key and body are the same order, however often they are sent',
});

const cancelKey = idempotencyKey.optional().meta({
  description: 'Accepted, and not needed: an order is cancelled once, however often it is asked',
});

export const placeOrder = operation({
  id: 'placeOrder',
  method: 'post',
  path: '/orders',
  summary: 'Buy what is in the cart',
  tag,
  access: 'customer',
  headers: z.object({ 'idempotency-key': orderKey }),
  body: z.object({
    paymentToken: text(255).meta({ description: 'In the sandbox: tok_ok, tok_declined, tok_slow, tok_lost' }),
    shippingAddress,
  }),
  success: {
    status: 201,
    description: 'The order: confirmed, or pending where the payment is not yet known',
    body: order,
  },
  errors: {
    payment_declined: 'payment_required',
    out_of_stock: 'conflict',
    cart_empty: 'conflict',
    idempotency_key_reused: 'conflict',
  },
});

export const listOrders = operation({
  id: 'listOrders',
  method: 'get',
  path: '/orders',
  summary: "The customer's orders, the newest first",
  tag,
  access: 'customer',
  query: z.object(pageQuery),
  success: {
    status: 200,
    description: 'A page of orders',
    body: z.object({ orders: z.array(order), nextPageToken }),
  },
  errors: { invalid_page_token: 'invalid_argument' },
});

export const getOrder = operation({
  id: 'getOrder',
  method: 'get',
  path: '/orders/:id',
  summary: "One of the customer's orders",
  tag,
  access: 'customer',
  params: idParams,
  success: { status: 200, description: 'The order', body: order },
  errors: { not_found: 'not_found' },
});

export const cancelOrder = operation({
  id: 'cancelOrder',
  method: 'post',
  path: '/orders/:id/cancel',
  summary: 'Cancel an order: the stock comes back at once, the money follows',
  tag,
  access: 'customer',
  params: idParams,
  headers: z.object({ 'idempotency-key': cancelKey }),
  success: { status: 200, description: 'The cancelled order', body: order },
  errors: { not_found: 'not_found', order_failed: 'conflict' },
});

export const ordersOperations = [placeOrder, listOrders, getOrder, cancelOrder];
