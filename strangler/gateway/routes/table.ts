// Every capability that the gateway can tell from the others, one a line.
import { carts } from './carts.ts';
import { catalog } from './catalog.ts';
import { customers } from './customers.ts';
import { inventory } from './inventory.ts';
import { orders } from './orders.ts';
import type { CapabilityRoutes } from './route.ts';

export const TABLE: readonly CapabilityRoutes[] = [
  catalog, //
  inventory,
  carts,
  customers,
  orders,
];
