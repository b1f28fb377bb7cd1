// Who makes the traffic: new customers, each with a cart of their own, and the shop's administrator.
import { randomUUID } from 'node:crypto';
import type { Client } from './client.ts';
import { inParallel } from './in-parallel.ts';
import { openSession, type Session } from './session.ts';

export interface Customer {
  /** In the browser in which the account was opened. */
  readonly session: Session;
  /** Whether there is something in the cart, as far as this run can know; false where it can not. */
  hasGoods: boolean;
}

/** Opens a session of the administrator: a browser of its own, with its own cookies. */
export type OpenAdmin = () => Session;

const ADMINISTRATOR = { email: 'admin@shop.test', password: 'shop-admin' };

/** @throws {SetupError} */
export async function signInAdmin(client: Client): Promise<OpenAdmin> {
  const token = await signIn(openSession(client), ADMINISTRATOR);
  return () => openSession(client).as(token);
}

/** @throws {SetupError} */
export function signUpCustomers(
  client: Client,
  run: string,
  count: number,
  onDone: (done: number) => void,
): Promise<Customer[]> {
  let done = 0;
  return inParallel(Array.from({ length: count }), async (_, index) => {
    const account = { email: `load-${run}-${index}@shop.test`, password: randomUUID() };
    const body = { ...account, name: `Load ${run} ${index}` };
    const visitor = openSession(client);
    await visitor.demand({ method: 'POST', path: '/customers', body });
    const session = visitor.as(await signIn(visitor, account));
    onDone((done += 1));
    return { session, hasGoods: false };
  });
}

async function signIn(someone: Session, account: { email: string; password: string }): Promise<string> {
  const { token } = await someone.demand<{ token: string }>({
    method: 'POST',
    path: '/sessions',
    body: account,
  });
  return token;
}
