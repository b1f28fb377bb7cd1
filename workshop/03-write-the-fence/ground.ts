// What the exercise stands on; not to be touched: its tables, the login that writes, and who takes the right away.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, escapeIdentifier, escapeLiteral } from 'pg';

const TABLES = readFileSync(join(import.meta.dirname, 'ground.sql'), 'utf8');

/** The login of the shop: it writes the goods, and may look at who owns them. */
export const groundSql = (role: string, database: string): string => `${TABLES}
  CREATE ROLE ${role} LOGIN PASSWORD '${role}';
  ALTER ROLE ${role} SET search_path = goods;
  GRANT CONNECT, TEMPORARY ON DATABASE ${escapeIdentifier(database)} TO ${role};
  GRANT USAGE ON SCHEMA goods TO ${role};
  GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON goods.products TO ${role};
  GRANT SELECT ON goods.ownership TO ${role}`;

export type Owner = 'monolith' | 'service';

/** Begins anew: the row of an owner, or none at all, and one product. */
export const begin = async (admin: Client, owner: Owner | undefined): Promise<void> => {
  await admin.query('ALTER TABLE goods.products DISABLE TRIGGER USER');
  await admin.query(`DELETE FROM goods.products; INSERT INTO goods.products VALUES (1, 'tea')`);
  await admin.query('ALTER TABLE goods.products ENABLE TRIGGER USER; DELETE FROM goods.ownership');
  if (owner !== undefined)
    await admin.query(
      `INSERT INTO goods.ownership (epoch, owner, state) VALUES (1, ${escapeLiteral(owner)}, 'ACTIVE')`,
    );
};

/** As the switch does it. @throws SQLSTATE 55P03 where a writer does not end in time. */
export async function drain(admin: Client): Promise<void> {
  await admin.query(`BEGIN; SET LOCAL lock_timeout = '300ms'`);
  try {
    await admin.query('SELECT pg_advisory_xact_lock(goods.fence_lock())');
    await admin.query(`UPDATE goods.ownership SET state = 'DRAINING'`);
    await admin.query('COMMIT');
  } catch (error) {
    await admin.query('ROLLBACK');
    throw error;
  }
}
