// The customers of the seed, each a function of its number, and the administrator.
import { addressOf, type Address } from './addresses.ts';
import { createDice } from './dice.ts';
import { createPeople } from './people.ts';
import { BASE_DATE, createTimeline, DAY, idAt, OPENING } from './timeline.ts';

export interface Login {
  readonly email: string;
  readonly password: string;
}

/** The first customer, who is there under every seed: pages and commands may name this login. */
export const DEMO_CUSTOMER: Login = { email: 'ada@shop.test', password: 'shop-customer' };
export const ADMINISTRATOR: Login = { email: 'admin@shop.test', password: 'shop-admin' };

export interface SeedCustomer {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: 'customer' | 'admin';
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

export interface SeedCustomers {
  readonly count: number;
  /** From 0, the oldest first. */
  at(index: number): SeedCustomer;
  addressOf(index: number): Address;
}

/** Ids are told apart by a serial number; the administrator's comes before all others. */
const ADMINISTRATOR_SERIAL = 0;

export function createCustomers(seed: number, count: number): SeedCustomers {
  const person = createPeople(seed);
  // The last of them has had a month to order something.
  const timeline = createTimeline(OPENING + DAY, BASE_DATE - 30 * DAY, count);
  const whois = (index: number) =>
    index === 0 ? { name: 'Ada Lovelace', email: DEMO_CUSTOMER.email } : person(index);

  return {
    count,
    addressOf: (index) => addressOf(seed, index, whois(index).name),
    at(index) {
      const createdAt = timeline.at(index, createDice(seed, 'customers', index).fraction());
      const id = idAt(createdAt, createDice(seed, 'customerIds', index), ADMINISTRATOR_SERIAL + 1 + index);
      return { id, ...whois(index), role: 'customer', createdAt };
    },
  };
}

export function createAdministrator(seed: number): SeedCustomer {
  return {
    id: idAt(OPENING, createDice(seed, 'customerIds', -1), ADMINISTRATOR_SERIAL),
    email: ADMINISTRATOR.email,
    name: 'Administrator',
    role: 'admin',
    createdAt: OPENING,
  };
}
