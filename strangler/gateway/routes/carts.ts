// The carts' part of the shop's contract.
import { read, write, type CapabilityRoutes } from './route.ts';

export const carts: CapabilityRoutes = {
  capability: 'carts',
  routes: [read('GET /cart'), write('PUT /cart/items/:productId'), write('DELETE /cart/items/:productId')],
};
