import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, type QueryResult } from 'pg';
import { listOwners, projectRoot } from '../paths.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { schemasOf } from './search-path.ts';
import { createMigration, listMigrations, migrationState, schemaScript } from './migrations.ts';

const folder = join(projectRoot, 'prisma/monolith');
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase('monolith');
});
afterAll(() => database.drop());

describe.each(listOwners())('of the owner %s', (owner) => {
  const own = join(projectRoot, 'prisma', owner);

  test('a migrated database has every migration of the folder applied and none pending', async () => {
    const migrated = await createTestDatabase(owner);
    try {
      const state = await migrationState(migrated.adminUrl, own);
      expect(state).toEqual({ applied: listMigrations(own), pending: [] });
    } finally {
      await migrated.drop();
    }
  });

  test('the migrations together yield exactly schema.prisma', async () => {
    const migrated = await createTestDatabase(owner);
    const scratch = await createTestDatabase(owner);
    try {
      const script = await schemaScript(migrated.adminUrl, own);
      for (const schema of ['public', ...schemasOf(owner)])
        await run(scratch.adminUrl, `DROP SCHEMA ${schema} CASCADE`);
      // A schema says nothing of the one that is there anyway.
      await run(scratch.adminUrl, 'CREATE SCHEMA IF NOT EXISTS public');
      await run(scratch.adminUrl, script);
      expect(await catalogOf(scratch.adminUrl)).toEqual(await catalogOf(migrated.adminUrl));
    } finally {
      await Promise.all([migrated.drop(), scratch.drop()]);
    }
  });
});

test('a changed schema becomes a migration, beside the schema that it leads to, and an unchanged one does not', async () => {
  const copy = mkdtempSync(join(tmpdir(), 'shop-migrations-'));
  try {
    cpSync(folder, copy, { recursive: true });
    const now = new Date('2026-12-24T18:00:00Z');
    expect(await createMigration(database.adminUrl, copy, 'stage_0_nothing', now)).toBeUndefined();

    const schema = join(copy, 'schema.prisma');
    writeFileSync(
      schema,
      readFileSync(schema, 'utf8').replace('model Category {', 'model Category {\n  note String?'),
    );
    const made = (await createMigration(database.adminUrl, copy, 'stage_0_note', now)) ?? '';
    expect(made).toBe(join(copy, 'migrations/20261224180000_stage_0_note'));
    expect(readFileSync(join(made, 'migration.sql'), 'utf8')).toMatch(
      /ALTER TABLE ("catalog"\.)?"categories" ADD COLUMN {5}"note" TEXT;/,
    );
    expect(readFileSync(join(made, 'schema.prisma'), 'utf8')).toBe(readFileSync(schema, 'utf8'));
    expect(await migrationState(database.adminUrl, copy)).toMatchObject({
      pending: ['20261224180000_stage_0_note'],
    });
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
});

test('a migration that this checkout does not know is named, with the remedy', async () => {
  const other = await createTestDatabase('monolith');
  try {
    await run(
      other.adminUrl,
      `INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name, applied_steps_count)
       VALUES ('x', 'x', now(), '29990101000000_from_the_future', 1)`,
    );
    await expect(migrationState(other.adminUrl, folder)).rejects.toThrow(
      /29990101000000_from_the_future.*npm run reset/,
    );
  } finally {
    await other.drop();
  }
});

test('the app role can neither own, change nor drop a table, nor touch the migration history', async () => {
  for (const statement of [
    'DROP TABLE products',
    'ALTER TABLE products ADD COLUMN x int',
    'TRUNCATE products',
    'CREATE TABLE mine (id int)',
    'SELECT * FROM _prisma_migrations',
    'ALTER TABLE products DISABLE TRIGGER ALL',
  ]) {
    await expect(run(database.url, statement)).rejects.toThrow(/must be owner|permission denied/);
  }
  const { rows } = await run(
    database.url,
    'SELECT rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user',
  );
  expect(rows).toEqual([{ rolsuper: false, rolcreatedb: false, rolcreaterole: false }]);
});

async function run(url: string, sql: string): Promise<QueryResult<Record<string, unknown>>> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await client.query(sql);
  } finally {
    await client.end();
  }
}

/** Every column, index and foreign key, by schema; generated columns and checks are beyond Prisma's schema. */
async function catalogOf(url: string): Promise<readonly unknown[]> {
  const { rows } = await run(
    url,
    `SELECT 'column' AS kind, format('%s.%s.%s %s null=%s default=%s', table_schema, table_name, column_name, udt_name,
              is_nullable, CASE is_generated WHEN 'ALWAYS' THEN NULL ELSE column_default END) AS what
       FROM information_schema.columns
      WHERE table_schema !~ '^(pg_|information_schema)' AND table_name <> '_prisma_migrations'
     UNION ALL
     SELECT 'index', indexdef FROM pg_indexes WHERE schemaname !~ '^pg_' AND tablename <> '_prisma_migrations'
     UNION ALL
     SELECT 'key', format('%s %s', conrelid::regclass, pg_get_constraintdef(oid)) FROM pg_constraint
      WHERE contype IN ('p', 'f') AND connamespace::regnamespace::text !~ '^(pg_|information_schema)'
        AND conrelid <> coalesce(to_regclass('public._prisma_migrations'), 0)
     ORDER BY 1, 2`,
  );
  return rows;
}
