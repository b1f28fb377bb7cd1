// The customers: accounts, sign-in, and who a token belongs to. The module's only front door.
import { createHash } from 'node:crypto';
import { ShopError } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';
import type { Passwords } from './passwords.ts';
import type { CustomersRepository } from './repository.ts';
import { createSignInLimit } from './sign-in-limit.ts';
import type { Tokens } from './tokens.ts';

export type Role = 'customer' | 'admin';

export interface Customer {
  readonly id: string;
  /** In lower case. */
  readonly email: string;
  readonly name: string;
}

export interface Registration {
  readonly email: string;
  readonly password: string;
  readonly name: string;
}

/** An account that is not open yet. */
export interface NewAccount extends Customer {
  readonly passwordHash: string;
}

export interface Session {
  /** A JWT to be sent as `Authorization: Bearer …`. */
  readonly token: string;
  readonly customer: Customer;
}

export type Customers = ReturnType<typeof createCustomers>;

export function createCustomers(repository: CustomersRepository, passwords: Passwords, tokens: Tokens) {
  const limit = createSignInLimit(repository.tallies);

  return {
    /** Hashes the password, which takes long: to be done before any transaction. Changes nothing. */
    async prepare({ email, password, name }: Registration): Promise<NewAccount> {
      return { id: newId(), email: email.toLowerCase(), name, passwordHash: await passwords.hash(password) };
    },

    /** @throws {ShopError} `email_taken`. */
    async open(account: NewAccount): Promise<Customer> {
      if (!(await repository.insert(account))) {
        throw new ShopError(
          'conflict',
          'email_taken',
          'There is an account with this e-mail address already.',
        );
      }
      const { id, email, name } = account;
      return { id, email, name };
    },

    /** @throws {ShopError} `email_taken`. */
    async register(registration: Registration): Promise<Customer> {
      return this.open(await this.prepare(registration));
    },

    /**
     * @param from the address that the attempt comes from.
     * @throws {ShopError} `invalid_credentials`, which does not tell whether the account exists; `too_many_attempts`
     * after too many of these from there.
     */
    async signIn(email: string, password: string, from: string): Promise<Session> {
      // Per account and address, so that nobody can lock another customer out from elsewhere.
      const name = createHash('sha256').update(`${from} ${email.toLowerCase()}`).digest('base64url');
      return limit(name, () => checkPassword(email, password));
    },

    /**
     * Who sends a request with this Authorization header; undefined where there is none.
     * @throws {ShopError} `unauthenticated` for a token that is forged, expired, or not one.
     */
    authenticate: async (
      authorization: string | undefined,
    ): Promise<{ id: string; role: Role } | undefined> =>
      authorization === undefined ? undefined : tokens.verify(authorization),
  };

  async function checkPassword(email: string, password: string): Promise<Session> {
    const account = await repository.findByEmail(email.toLowerCase());
    // Without an account a password is checked all the same: the time it takes must not tell either.
    const matches = await passwords.verify(password, account?.passwordHash);
    if (account === undefined || !matches) {
      throw new ShopError('unauthenticated', 'invalid_credentials', 'E-mail address or password is wrong.');
    }
    const { id, name, role } = account;
    return { token: await tokens.issue({ id, role }), customer: { id, email: account.email, name } };
  }
}
