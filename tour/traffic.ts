// Customers and administrators at the shop, all the while: each waits for an answer, and a moment, before they go on.
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { openClient } from '../load/client.ts';
import { signInAdmin, signUpCustomers } from '../load/people.ts';
import { openSession, type Session } from '../load/session.ts';
import { createAdministrator } from './administrators.ts';
import { createCustomer } from './customers.ts';
import type { Told } from './told.ts';

/** As many as it takes to see a quarter of them. */
const CUSTOMERS = 24;
const ADMINISTRATORS = 4;
/** Between two turns of one of them; a turn is up to five requests. */
const CUSTOMER_PAUSE_MS = 900;
const ADMINISTRATOR_PAUSE_MS = 60;
/** Above what the gateway takes to answer that it has no answer. */
const TIMEOUT_MS = 10_000;

export interface Traffic {
  /** The customers, in their order, and an administrator. */
  readonly sessions: { readonly customers: readonly Session[]; readonly administrator: Session };
  /** Resolves when everything that was asked is answered. */
  stop(): Promise<void>;
  /** Closes the connections. */
  close(): Promise<void>;
}

/** @throws {SetupError} where the shop lets nobody in. */
export async function startTraffic(url: string, told: Told): Promise<Traffic> {
  const client = openClient(url, `tour-${randomBytes(4).toString('hex')}`, TIMEOUT_MS);
  const run = randomBytes(4).toString('hex');
  const openAdmin = await signInAdmin(client);
  const customers = (await signUpCustomers(client, run, CUSTOMERS, () => undefined)).map(
    ({ session }) => session,
  );
  const [category = ''] = (
    await openSession(client).demand<{ categories: readonly { slug: string }[] }>({
      method: 'GET',
      path: '/categories',
    })
  ).categories.map(({ slug }) => slug);

  let stopped = false;
  async function keepOn(turn: () => Promise<void>, pauseMs: number, after: number): Promise<void> {
    await sleep(after);
    while (!stopped) {
      await turn();
      await sleep(pauseMs);
    }
  }
  const running = [
    ...Array.from({ length: ADMINISTRATORS }, () =>
      keepOn(createAdministrator(told, openAdmin(), category), ADMINISTRATOR_PAUSE_MS, 0),
    ),
    ...customers.map((session, number) =>
      keepOn(
        createCustomer(told, session, number),
        CUSTOMER_PAUSE_MS,
        (number * CUSTOMER_PAUSE_MS) / CUSTOMERS,
      ),
    ),
  ];
  return {
    sessions: { customers, administrator: openAdmin() },
    async stop() {
      stopped = true;
      await Promise.all(running);
    },
    close: () => client.close(),
  };
}
