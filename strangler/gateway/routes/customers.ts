// The customers' part of the shop's contract: a sign-in counts towards the limit of attempts, so it is a write.
import { write, type CapabilityRoutes } from './route.ts';

export const customers: CapabilityRoutes = {
  capability: 'customers',
  routes: [write('POST /customers'), write('POST /sessions', 'none')],
};
