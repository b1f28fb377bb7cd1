// The carts over HTTP. The only file of the module that knows Express.
import { Router } from 'express';
import { serve, type Authenticate } from '#platform/http/operation.ts';
import type { Once } from '#platform/idempotency.ts';
import type { Cart, Carts } from './carts.ts';
import * as contract from './contract.ts';

export function cartsRoutes(carts: Carts, authenticate: Authenticate, once: Once): Router {
  const mount = { router: Router(), authenticate, once };

  serve(mount, contract.getCart, async (_request, caller) => reply(await carts.getCart(caller.id)));

  serve(mount, contract.putCartItem, async ({ params, body }, caller) =>
    reply(await carts.putItem(caller.id, params.productId, body.quantity)),
  );

  serve(mount, contract.removeCartItem, async ({ params }, caller) =>
    reply(await carts.removeItem(caller.id, params.productId)),
  );

  return mount.router;
}

const reply = ({ items, total }: Cart) => ({ body: { items: [...items], total } });
