import { createTestDatabase } from '../testing/test-database.ts';
import { withClient } from './owners.ts';
import { schemasOf } from './search-path.ts';

test("a table of any of the owner's schemas is found by its name alone, as the process's own role", async () => {
  const database = await createTestDatabase('monolith');
  try {
    await withClient(database.url, async (client) => {
      const { rows } = await client.query<{ path: string; hidden: string | null }>(
        `SELECT current_setting('search_path') AS path,
                (SELECT min(relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                  WHERE relkind = 'r' AND nspname = ANY ($1) AND NOT pg_table_is_visible(c.oid)
                    AND relname <> 'idempotency_keys') AS hidden`,
        [schemasOf('monolith')],
      );
      expect(rows[0]?.hidden).toBeNull();
      for (const schema of schemasOf('monolith')) expect(rows[0]?.path.split(', ')).toContain(schema);
      // Not every module has a table like this one, but every stage has this one.
      await expect(client.query('SELECT FROM products')).resolves.toBeDefined();
    });
  } finally {
    await database.drop();
  }
});
