// The catalog's part of the shop's contract.
import { read, write, type CapabilityRoutes } from './route.ts';

export const catalog: CapabilityRoutes = {
  capability: 'catalog',
  routes: [
    read('GET /products'),
    read('GET /products/:id'),
    read('GET /categories'),
    write('POST /products'),
    write('PATCH /products/:id'),
    write('DELETE /products/:id'),
  ],
};
