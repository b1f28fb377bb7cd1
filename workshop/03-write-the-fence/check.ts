// What must hold of a fence: it lets the owner write and nobody else, whatever a transaction has seen before.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { newId } from '#platform/ids.ts';
import { withClient } from '#platform/postgres/owners.ts';
import type { Check, CheckGround } from '../exercise.ts';
import { begin, drain, groundSql, type Owner } from './ground.ts';

const WRITES = [
  `INSERT INTO goods.products VALUES (2, 'coffee')`,
  `UPDATE goods.products SET name = 'green tea'`,
  'DELETE FROM goods.products',
  'TRUNCATE goods.products',
];
const [INSERT = ''] = WRITES;
/** Refused by the fence, or by PostgreSQL because the snapshot is too old. */
const REFUSED = ['SH001', '40001'];
const IN_TIME = `SET lock_timeout = '300ms'`;

interface PostgresError {
  readonly code?: string;
  readonly detail?: string;
  readonly message: string;
}

/** @throws where the fence cannot be put up at all. */
export async function openChecks(folder: string, { adminUrl }: CheckGround) {
  const role = `shop_${newId().slice(-12)}`;
  await withClient(adminUrl, async (admin) => {
    await admin.query(groundSql(role, new URL(adminUrl).pathname.slice(1)));
    await admin.query(readFileSync(join(folder, 'fence.sql'), 'utf8'));
  });
  const appUrl = new URL(adminUrl);
  appUrl.username = appUrl.password = role;

  /** Two logins of the shop, and the switch's, where somebody owns the products. */
  const as =
    (owner: Owner | undefined, run: (clients: Clients) => Promise<readonly string[]>) =>
    (): Promise<readonly string[]> =>
      withClients(adminUrl, appUrl.href, async (clients) => {
        await begin(clients.admin, owner);
        return run(clients);
      });

  const checks: readonly Check[] = [
    {
      name: 'the owner writes',
      run: as('monolith', async ({ one }) => {
        for (const write of WRITES) await one.query(write);
        return [];
      }),
    },
    {
      name: 'who does not own is refused, by SH001 and with the owner in its detail',
      run: as('service', async ({ one }) => {
        const problems = [];
        for (const write of WRITES) problems.push(...complaintOf(write, await tell(one, write)));
        return problems;
      }),
    },
    {
      name: 'where no row says who owns, nobody writes',
      run: as(undefined, async ({ one }) =>
        (await tell(one, INSERT)) === undefined ? ['an INSERT went through'] : [],
      ),
    },
    {
      name: 'who drains waits for a write that has passed',
      run: as('monolith', async ({ admin, one }) => {
        await one.query(`BEGIN; ${INSERT}`);
        const late = await drain(admin).then(() => undefined, errorOf);
        await one.query('COMMIT');
        if (late?.code === '55P03') return [];
        return ['an INSERT was committed after the drain: the new owner has gone on without it'];
      }),
    },
    {
      name: 'writers do not wait for each other',
      run: as('monolith', async ({ one, other }) => {
        await one.query(`BEGIN; ${INSERT}`);
        const waited = await tell(other, `${IN_TIME}; INSERT INTO goods.products VALUES (3, 'cocoa')`);
        await one.query('COMMIT');
        return waited === undefined ? [] : ['a second INSERT has waited for the first'];
      }),
    },
    {
      name: 'a transaction that is older than the drain does not write',
      run: as('monolith', async ({ admin, one }) => afterDrain(admin, one, 'READ COMMITTED')),
    },
    {
      name: 'the stale snapshot: nor does one that goes on seeing what was before the drain',
      run: as('monolith', async ({ admin, one }) => {
        const problems = [];
        for (const isolation of ['REPEATABLE READ', 'SERIALIZABLE']) {
          await begin(admin, 'monolith');
          problems.push(...(await afterDrain(admin, one, isolation)));
        }
        return problems;
      }),
    },
    {
      name: 'an ordinary write leaves no lock on the row, which all writers would share',
      run: as('monolith', async ({ admin, one }) => {
        await one.query(`BEGIN; ${INSERT}`);
        const locked = await tell(admin, 'SELECT FROM goods.ownership FOR UPDATE NOWAIT');
        await one.query('COMMIT');
        return locked === undefined ? [] : ['the row is locked: two at once make a multixact, at each write'];
      }),
    },
    {
      name: 'a table of the same name does not open it',
      run: as('service', async ({ one }) => {
        await one.query(`CREATE TEMPORARY TABLE ownership AS
          SELECT 'monolith' AS owner, 9 AS epoch, 'ACTIVE' AS state`);
        return (await tell(one, INSERT)) === undefined
          ? ['an INSERT went through by a temporary table that says what its maker likes']
          : [];
      }),
    },
  ];
  return {
    checks,
    close: () =>
      withClient(adminUrl, async (admin) => {
        await admin.query(`DROP SCHEMA goods CASCADE; DROP OWNED BY ${role}; DROP ROLE ${role}`);
      }),
  };
}

async function afterDrain(admin: Client, writer: Client, isolation: string): Promise<readonly string[]> {
  await writer.query(`BEGIN ISOLATION LEVEL ${isolation}; SELECT count(*) FROM goods.products`);
  await drain(admin);
  const refusal = await tell(writer, INSERT);
  const end = refusal === undefined ? await tell(writer, 'COMMIT') : await tell(writer, 'ROLLBACK');
  if (REFUSED.includes((refusal ?? end)?.code ?? '')) return [];
  return [`${isolation}: an INSERT was committed at a side that owns no more`];
}

function complaintOf(write: string, refusal: PostgresError | undefined): readonly string[] {
  const verb = write.split(' ', 1)[0] ?? '';
  if (refusal === undefined) return [`${verb} went through`];
  if (refusal.code !== 'SH001') return [`${verb} was refused by ${refusal.code}: ${refusal.message}`];
  const told = JSON.stringify(JSON.parse(refusal.detail ?? '{}'));
  const wanted = JSON.stringify({ owner: 'service', epoch: 1, state: 'ACTIVE' });
  return told === wanted ? [] : [`${verb} was refused with the detail ${told}, and not ${wanted}`];
}

const errorOf = (error: unknown): PostgresError => error as PostgresError;

/** @returns the error, where it is one. */
const tell = (client: Client, statement: string): Promise<PostgresError | undefined> =>
  client.query(statement).then(() => undefined, errorOf);

interface Clients {
  readonly admin: Client;
  readonly one: Client;
  readonly other: Client;
}

async function withClients<T>(
  adminUrl: string,
  appUrl: string,
  use: (clients: Clients) => Promise<T>,
): Promise<T> {
  const [admin, one, other] = [adminUrl, appUrl, appUrl].map(
    (connectionString) => new Client({ connectionString }),
  ) as [Client, Client, Client];
  try {
    for (const client of [admin, one, other]) {
      client.on('error', () => undefined);
      await client.connect();
    }
    return await use({ admin, one, other });
  } finally {
    await Promise.all([admin, one, other].map((client) => client.end()));
  }
}
