// The customers over HTTP. The only file of the module that knows Express.
import { Router } from 'express';
import { createAttemptLimit } from '#platform/attempt-limit.ts';
import { serve } from '#platform/http/operation.ts';
import type { Once } from '#platform/idempotency.ts';
import * as contract from './contract.ts';
import type { Customers } from './customers.ts';

const WRONG_PASSWORDS = 10;
const WINDOW_MS = 60_000;

export function customersRoutes(customers: Customers, once: Once): Router {
  // Nobody needs to have signed in to sign in.
  const mount = { router: Router(), authenticate: async () => undefined, once };
  const limit = createAttemptLimit(WRONG_PASSWORDS, WINDOW_MS);

  serve(mount, contract.register, async ({ body }, _nobody, atMostOnce) => {
    const account = await customers.prepare(body);
    return atMostOnce(async () => ({ body: await customers.open(account) }));
  });

  serve(mount, contract.signIn, async ({ body: { email, password }, address }) => {
    // Per account and address, so that nobody can lock another customer out from elsewhere.
    const name = `${address} ${email.toLowerCase()}`;
    return { body: await limit.attempt(name, () => customers.signIn(email, password)) };
  });

  return mount.router;
}
