// The inventory over HTTP. The only file of the module that knows Express.
import { Router } from 'express';
import { serve, type Authenticate } from '#platform/http/operation.ts';
import type { Once } from '#platform/idempotency.ts';
import * as contract from './contract.ts';
import type { Inventory } from './inventory.ts';

export function inventoryRoutes(inventory: Inventory, authenticate: Authenticate, once: Once): Router {
  const mount = { router: Router(), authenticate, once };

  serve(mount, contract.getStock, async ({ params }) => ({
    body: await inventory.getStock(params.productId),
  }));

  serve(mount, contract.setStock, async ({ params, body }) => ({
    body: await inventory.setOnHand(params.productId, body.onHand),
  }));

  return mount.router;
}
