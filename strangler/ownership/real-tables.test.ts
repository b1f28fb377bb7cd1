import { createTestDatabase } from '#platform/testing/test-database.ts';
import { CAPABILITIES } from '../capabilities.ts';
import type { Side } from './replica.ts';
import { openSide } from './side-database.ts';
import { compareTables, describeTables } from './tables.ts';

/** All that a schema is made of, partly beyond what the sides have to agree on: columns in order, indexes, rules. */
const STRUCTURE = `
  SELECT format('%s has %s. %s %s', table_name, row_number() OVER (PARTITION BY table_name ORDER BY ordinal_position),
                column_name, data_type) AS line
    FROM information_schema.columns WHERE table_schema = $1
  UNION ALL SELECT format('%s.%s = %s', table_name, column_name, coalesce(generation_expression, column_default))
    FROM information_schema.columns WHERE table_schema = $1
  UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = $1
  -- PostgreSQL names those of NOT NULL by the table as it was called first.
  UNION ALL SELECT format('%s %s %s', relname, CASE WHEN contype <> 'n' THEN conname END, pg_get_constraintdef(c.oid))
    FROM pg_constraint AS c JOIN pg_class ON pg_class.oid = conrelid WHERE connamespace = $1::regnamespace
  ORDER BY 1`;

test.each(Object.entries(CAPABILITIES))(
  'the tables of %s are the same at the monolith and at its service',
  async (capability, { schema, owners }) => {
    const [monolith, service] = [
      await createTestDatabase(owners.monolith),
      await createTestDatabase(owners.service),
    ];
    const replica = { capability, schema, urls: { monolith: monolith.adminUrl, service: service.adminUrl } };
    async function look(side: Side) {
      const database = await openSide(replica, side);
      try {
        const structure = await database.query<{ line: string }>(STRUCTURE, [schema]);
        return {
          tables: await describeTables(replica, database),
          structure: structure.map(({ line }) => line),
        };
      } finally {
        await database.close();
      }
    }
    try {
      const [left, right] = [await look('monolith'), await look('service')];
      expect(compareTables(schema, left.tables, right.tables)).toEqual([]);
      expect(right.structure.length).toBeGreaterThan(10);
      expect(right.structure).toEqual(left.structure);
    } finally {
      await Promise.all([monolith.drop(), service.drop()]);
    }
  },
);
