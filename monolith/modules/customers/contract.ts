// The customers' REST operations as data: they validate, they type the handlers, and they are the documentation.
import { z } from 'zod';
import { operation } from '#platform/http/operation.ts';
import { text } from '#platform/http/schemas.ts';

const tag = 'customers';
const email = z.email().max(254);

const customer = z.object({ id: z.uuid(), email: z.string(), name: z.string() }).meta({ id: 'Customer' });

export const register = operation({
  id: 'register',
  method: 'post',
  path: '/customers',
  summary: 'Open an account',
  tag,
  access: 'anyone',
  body: z.object({ email, password: z.string().min(8).max(200), name: text(200) }),
  idempotent: 'part',
  success: { status: 201, description: 'The new account', body: customer },
  errors: { email_taken: 'conflict' },
});

export const signIn = operation({
  id: 'signIn',
  method: 'post',
  path: '/sessions',
  summary: 'Sign in: the token goes into the Authorization header of later requests',
  tag,
  access: 'anyone',
  body: z.object({ email, password: z.string().min(1).max(200) }),
  success: { status: 201, description: 'Signed in', body: z.object({ token: z.string(), customer }) },
  errors: { invalid_credentials: 'unauthenticated', too_many_attempts: 'rate_limited' },
});

export const customersOperations = [register, signIn];
