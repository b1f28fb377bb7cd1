// The customers over HTTP. The only file of the module that knows Express.
import { Router } from 'express';
import { createAttemptLimit } from '#platform/attempt-limit.ts';
import { serve } from '#platform/http/operation.ts';
import * as contract from './contract.ts';
import type { Customers } from './customers.ts';

const WRONG_PASSWORDS = 10;
const WINDOW_MS = 60_000;

export function customersRoutes(customers: Customers): Router {
  // Nobody needs to have signed in to sign in.
  const mount = { router: Router(), authenticate: async () => undefined };
  const limit = createAttemptLimit(WRONG_PASSWORDS, WINDOW_MS);

  serve(mount, contract.register, async ({ body }) => ({ body: await customers.register(body) }));

  serve(mount, contract.signIn, async ({ body: { email, password }, address }) => {
    // Per account and address, so that nobody can lock another customer out from elsewhere.
    const name = `${address} ${email.toLowerCase()}`;
    return { body: await limit.attempt(name, () => customers.signIn(email, password)) };
  });

  return mount.router;
}
