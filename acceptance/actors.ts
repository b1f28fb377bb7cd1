// Who uses the shop: visitors, customers, and the administrator.
import { openSession, type Answer, type Session } from './client.ts';
import type { CustomerRecord, SignedIn } from './shapes.ts';
import { uniqueEmail } from './unique.ts';

export const PASSWORD = 'correct horse battery';

export interface Customer extends Session {
  readonly id: string;
  readonly email: string;
}

export const visitor = (): Session => openSession();

export const register = (
  account: Partial<Record<'email' | 'password' | 'name', unknown>> = {},
): Promise<Answer<CustomerRecord>> =>
  visitor().post('/customers', { email: uniqueEmail(), password: PASSWORD, name: 'Ada Buyer', ...account });

export const signIn = (email: string, password: string): Promise<Answer<SignedIn>> =>
  visitor().post('/sessions', { email, password });

/** A new customer who has signed in. */
export async function registerCustomer(): Promise<Customer> {
  const { id, email } = granted(await register());
  const { token } = granted(await signIn(email, PASSWORD));
  return { ...openSession(token), id, email };
}

/** The seed's administrator. */
export async function signInAdmin(): Promise<Session> {
  const { token } = granted(await signIn('admin@shop.test', 'shop-admin'));
  return openSession(token);
}

/** The body of an answer that has to be a success for the test to go on. */
export function granted<Body>({ status, body, text, url }: Answer<Body>): Body {
  if (status >= 300) throw new Error(`${url} answered ${status} where a test needs a success: ${text}`);
  return body;
}
