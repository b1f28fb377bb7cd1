// The customers' tables: accounts, and tallies of sign-ins. The only file of the module that knows Prisma.
import { Prisma } from '../../../generated/prisma/monolith/client.ts';
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

/** Of the attempts without an outcome, those whose process lives: a password takes a tenth of a second. */
const ALIVE = Prisma.sql`SELECT began FROM unnest(old.undecided) AS began WHERE began > now() - interval '4 s'`;
/** How many are without an outcome when one of them has it; the newest goes, so that dead ones grow old. */
const ALL_BUT_ONE = Prisma.sql`greatest(cardinality(undecided) - 1, 0)`;

function signInTallies(current: MonolithDatabase['current']): SignInTallies {
  return {
    async count(name, limit, windowMs) {
      // A window begins with an attempt that meets no other: the one before is over, or all in it were taken back,
      // or have lost their process.
      const [tally] = await current().$queryRaw<Tally[]>`
        WITH over AS (
          DELETE FROM sign_in_tallies WHERE name IN (
            SELECT name FROM sign_in_tallies WHERE ends_at <= now() AND name <> ${name}
            ORDER BY ends_at LIMIT ${REMOVED_PER_ATTEMPT}::int FOR UPDATE SKIP LOCKED)
        )
        INSERT INTO sign_in_tallies AS old (name, made, refused, undecided, ends_at)
        VALUES (${name}, 1, 0, ARRAY[now()], now() + ${windowMs}::int * interval '1 ms')
        ON CONFLICT (name) DO UPDATE SET (made, refused, undecided, ends_at) = (
          SELECT old.refused + cardinality(alive) + 1, old.refused, alive || now(), old.ends_at
          FROM (SELECT ARRAY(${ALIVE})) AS met (alive)
          WHERE old.refused + cardinality(alive) > 0 AND old.ends_at > now()
          UNION ALL
          SELECT 1, 0, excluded.undecided, excluded.ends_at
          FROM (SELECT ARRAY(${ALIVE})) AS met (alive)
          WHERE old.refused + cardinality(alive) = 0 OR old.ends_at <= now())
        WHERE old.ends_at <= now() OR old.refused + cardinality(ARRAY(${ALIVE})) < ${limit}::int
        RETURNING made, refused, ends_at AS "endsAt"`;
      if (tally !== undefined) return { ...tally, counted: true };
      const full = await current().signInTally.findUnique({ where: { name } });
      return { ...(full ?? { made: 0, refused: 0, endsAt: new Date() }), counted: false };
    },

    async refuse(name, endsAt) {
      await current().$executeRaw`
        UPDATE sign_in_tallies SET refused = refused + 1, made = refused + 1 + ${ALL_BUT_ONE}, undecided = trim_array(undecided, least(cardinality(undecided), 1))
        WHERE name = ${name} AND ends_at = ${endsAt}`;
    },

    async takeBack(name, endsAt) {
      await current().$executeRaw`
        UPDATE sign_in_tallies SET made = refused + ${ALL_BUT_ONE}, undecided = trim_array(undecided, least(cardinality(undecided), 1))
        WHERE name = ${name} AND ends_at = ${endsAt}`;
    },
  };
}
