// The inventory's part of the shop's contract.
import { read, write, type CapabilityRoutes } from './route.ts';

export const inventory: CapabilityRoutes = {
  capability: 'inventory',
  routes: [read('GET /stock/:productId'), write('PUT /stock/:productId')],
};
