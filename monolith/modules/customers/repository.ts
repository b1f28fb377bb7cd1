// The customers' table. The only file of the module that knows Prisma.
import type { MonolithDatabase } from '../../database.ts';
import type { Customer, NewAccount, Role } from './customers.ts';

export type CustomersRepository = ReturnType<typeof createCustomersRepository>;

export interface Account extends Customer {
  readonly passwordHash: string;
  readonly role: Role;
}

export function createCustomersRepository({ current }: MonolithDatabase) {
  return {
    /** @returns false where the e-mail address is taken. */
    async insert(account: NewAccount): Promise<boolean> {
      const { count } = await current().customer.createMany({ data: account, skipDuplicates: true });
      return count === 1;
    },

    async findByEmail(email: string): Promise<Account | undefined> {
      const account = await current().customer.findUnique({
        where: { email },
        select: { id: true, email: true, name: true, passwordHash: true, role: true },
      });
      return account ?? undefined;
    },
  };
}
