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
  someone: Session = visitor(),
): Promise<Answer<CustomerRecord>> =>
  someone.post('/customers', { email: uniqueEmail(), password: PASSWORD, name: 'Ada Buyer', ...account });

export const signIn = (
  email: string,
  password: string,
  someone: Session = visitor(),
): Promise<Answer<SignedIn>> => someone.post('/sessions', { email, password });

/** A new customer who has signed in, in one browser all the while. */
export async function registerCustomer(): Promise<Customer> {
  const someone = visitor();
  const { id, email } = granted(await register({}, someone));
  const { token } = granted(await signIn(email, PASSWORD, someone));
  return { ...openSession(token, someone.browser), id, email };
}

/** The seed's administrator, in a browser of their own. */
export async function signInAdmin(): Promise<Session> {
  const someone = visitor();
  const { token } = granted(await signIn('admin@shop.test', 'shop-admin', someone));
  return openSession(token, someone.browser);
}

/** The body of an answer that has to be a success for the test to go on. */
export function granted<Body>({ status, body, text, url }: Answer<Body>): Body {
  if (status >= 300) throw new Error(`${url} answered ${status} where a test needs a success: ${text}`);
  return body;
}
