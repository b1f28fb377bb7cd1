// Remembers the rows of every table by their keys, to find out afterwards which of them are gone.
import { withClient } from '#platform/postgres/owners.ts';

/** Tables from which a shop takes nothing away, whichever schema they lie in, and their keys. Carts are emptied. */
const KEPT = {
  categories: 'slug',
  products: 'id',
  customers: 'id',
  orders: 'id',
  order_items: "format('%s %s', order_id, line)",
  payments: 'order_id',
};

export async function rememberRows(adminUrl: string): Promise<void> {
  await withClient(adminUrl, async (admin) => {
    await admin.query('CREATE SCHEMA rehearsal');
    for (const [table, key] of Object.entries(KEPT))
      await admin.query(`CREATE TABLE rehearsal."${table}" AS SELECT (${key})::text AS key FROM ${table}`);
  });
}

/** @returns how many of the remembered rows there are no more. */
export async function missingRows(adminUrl: string): Promise<number> {
  return withClient(adminUrl, async (admin) => {
    let missing = 0;
    for (const [table, key] of Object.entries(KEPT)) {
      const { rows } = await admin.query<{ missing: number }>(
        `SELECT count(*)::int AS missing
         FROM (SELECT key FROM rehearsal."${table}" EXCEPT SELECT (${key})::text FROM ${table}) AS gone`,
      );
      missing += rows[0]?.missing ?? 0;
    }
    return missing;
  });
}
