// The customers over HTTP. The only file of the module that knows Express.
import { Router } from 'express';
import { serve } from '#platform/http/operation.ts';
import * as contract from './contract.ts';
import type { Customers } from './customers.ts';
import { signInLimit } from './sign-in-limit.ts';

export function customersRoutes(customers: Customers): Router {
  const router = Router();
  // Nobody needs to have signed in to sign in.
  const mount = { router, authenticate: async () => undefined };

  serve(mount, contract.register, async ({ body }) => ({ body: await customers.register(body) }));

  router.post(contract.signIn.path, signInLimit());
  serve(mount, contract.signIn, async ({ body }) => ({
    body: await customers.signIn(body.email, body.password),
  }));

  return router;
}
