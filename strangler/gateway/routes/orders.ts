// The orders' part of the shop's contract; payments have none, since customers meet them in a checkout alone.
import { read, write, type CapabilityRoutes } from './route.ts';

export const orders: CapabilityRoutes = {
  capability: 'orders',
  routes: [
    read('GET /orders'),
    read('GET /orders/:id'),
    write('POST /orders', 'demanded'),
    write('POST /orders/:id/cancel', 'none'),
  ],
};
