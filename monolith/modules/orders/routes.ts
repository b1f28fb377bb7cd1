// The orders over HTTP. The only file of the module that knows Express.
import { Router } from 'express';
import { serve, type Authenticate } from '#platform/http/operation.ts';
import { decodePageToken, encodePageToken } from '#platform/http/page-token.ts';
import { id } from '#platform/http/schemas.ts';
import * as contract from './contract.ts';
import type { Order, Orders } from './orders.ts';

/** What a page token of the order list is bound to: there is nothing to filter by. */
const QUESTION = ['orders'];

export function ordersRoutes(orders: Orders, authenticate: Authenticate): Router {
  const mount = { router: Router(), authenticate };

  serve(mount, contract.placeOrder, async ({ headers, body }, caller) => {
    const checkout = { idempotencyKey: headers['idempotency-key'], ...body };
    return { body: toJson(await orders.place(caller.id, checkout)) };
  });

  serve(mount, contract.listOrders, async ({ query: { pageSize, pageToken } }, caller) => {
    const after = pageToken === undefined ? undefined : decodePageToken(pageToken, QUESTION, id);
    const page = await orders.listOrders(caller.id, pageSize, after);
    const nextPageToken = page.next && encodePageToken(QUESTION, page.next);
    return { body: { orders: page.orders.map(toJson), nextPageToken } };
  });

  serve(mount, contract.getOrder, async ({ params }, caller) => ({
    body: toJson(await orders.getOrder(caller.id, params.id)),
  }));

  serve(mount, contract.cancelOrder, async ({ params }, caller) => ({
    body: toJson(await orders.cancel(caller.id, params.id)),
  }));

  return mount.router;
}

const toJson = ({ items, placedAt, ...order }: Order) => ({
  ...order,
  items: [...items],
  placedAt: placedAt.toISOString(),
});
