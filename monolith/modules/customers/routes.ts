// The customers over HTTP. The only file of the module that knows Express.
import { Router } from 'express';
import { serve } from '#platform/http/operation.ts';
import type { Once } from '#platform/idempotency.ts';
import * as contract from './contract.ts';
import type { Customers } from './customers.ts';

export function customersRoutes(customers: Customers, once: Once): Router {
  // Nobody needs to have signed in to sign in.
  const mount = { router: Router(), authenticate: async () => undefined, once };

  serve(mount, contract.register, async ({ body }, _nobody, atMostOnce) => {
    const account = await customers.prepare(body);
    return atMostOnce(async () => ({ body: await customers.open(account) }));
  });

  serve(mount, contract.signIn, async ({ body: { email, password }, address }) => ({
    body: await customers.signIn(email, password, address),
  }));

  return mount.router;
}
