// The customers' tables: accounts, and tallies of sign-ins. The only file of the module that knows Prisma.
import type { MonolithDatabase } from '../../database.ts';
import type { Customer, NewAccount, Role } from './customers.ts';
import type { SignInTallies, Tally } from './sign-in-limit.ts';

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

    tallies: signInTallies(current),
  };
}

/** Each statement that counts removes up to so many tallies that are over, so that guesses do not fill the table. */
const REMOVED_PER_ATTEMPT = 4;

function signInTallies(current: MonolithDatabase['current']): SignInTallies {
  return {
    async count(name, limit, windowMs) {
      // A window begins with an attempt that meets no other: the one before is over, or all in it were taken back.
      const [tally] = await current().$queryRaw<Tally[]>`
        WITH over AS (
          DELETE FROM sign_in_tallies WHERE name IN (
            SELECT name FROM sign_in_tallies WHERE ends_at <= now() AND name <> ${name}
            ORDER BY ends_at LIMIT ${REMOVED_PER_ATTEMPT}::int FOR UPDATE SKIP LOCKED)
        )
        INSERT INTO sign_in_tallies AS old (name, made, refused, ends_at)
        VALUES (${name}, 1, 0, now() + ${windowMs}::int * interval '1 ms')
        ON CONFLICT (name) DO UPDATE SET (made, refused, ends_at) = (
          SELECT old.made + 1, old.refused, old.ends_at WHERE old.made > 0 AND old.ends_at > now()
          UNION ALL
          SELECT 1, 0, excluded.ends_at WHERE old.made = 0 OR old.ends_at <= now())
        WHERE old.made < ${limit}::int OR old.ends_at <= now()
        RETURNING made, refused, ends_at AS "endsAt"`;
      if (tally !== undefined) return { ...tally, counted: true };
      const full = await current().signInTally.findUnique({ where: { name } });
      return { ...(full ?? { made: 0, refused: 0, endsAt: new Date() }), counted: false };
    },

    async refuse(name, endsAt) {
      await current().signInTally.updateMany({
        where: { name, endsAt },
        data: { refused: { increment: 1 } },
      });
    },

    async takeBack(name, endsAt) {
      await current().signInTally.updateMany({ where: { name, endsAt }, data: { made: { decrement: 1 } } });
    },
  };
}
