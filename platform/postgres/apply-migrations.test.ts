import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { applyMigrations, listMigrations, migrationState, type ApplyOptions } from './migrations.ts';
import { withClient } from './owners.ts';

const [FIRST, EXPAND, CONTRACT, LATER] = [
  '20260101000000_stage_0_things',
  '20260102000000_stage_1_expand_things',
  '20260103000000_stage_1_contract',
  '20260104000000_stage_2_more',
] as const;

/** Its second batch fails while there is a row in `obstacles`; the first stays. */
const IN_BATCHES = `-- Resumable: what is done is passed over.
DO $$
BEGIN
  INSERT INTO things VALUES (1) ON CONFLICT DO NOTHING;
  COMMIT;
  RAISE NOTICE 'one is done';
  IF EXISTS (SELECT FROM obstacles) THEN RAISE EXCEPTION 'an obstacle'; END IF;
  INSERT INTO things VALUES (2);
END $$;`;

const scripts: Readonly<Record<string, string>> = {
  [FIRST]:
    'CREATE TABLE things (id int PRIMARY KEY); CREATE TABLE obstacles (id int); INSERT INTO obstacles VALUES (1);',
  [EXPAND]: 'ALTER TABLE things ADD COLUMN note text;',
  [CONTRACT]: 'ALTER TABLE things DROP COLUMN IF EXISTS note;',
  [LATER]: 'CREATE TABLE more (id int);',
};

let folder: string;
let database: TestDatabase;
let role: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'shop-apply-'));
  writeFileSync(join(folder, 'schema.prisma'), 'datasource db {\n  provider = "postgresql"\n}\n');
  for (const [name, script] of Object.entries(scripts)) write(name, script);
  database = await createTestDatabase('monolith');
  [role] = await withClient(database.adminUrl, async (admin) => {
    // Nothing of the shop, as if it had just been made.
    await admin.query(`DO $$ DECLARE s name; BEGIN
      FOR s IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema)' LOOP
        EXECUTE format('DROP SCHEMA %I CASCADE', s);
      END LOOP; END $$`);
    await admin.query('CREATE SCHEMA public');
    const { rows } = await admin.query<{ role: string }>('SELECT current_user AS role');
    return rows.map((row) => row.role) as [string];
  });
});
afterEach(async () => {
  await database.drop();
  rmSync(folder, { recursive: true });
});

function write(name: string, script: string): void {
  mkdirSync(join(folder, 'migrations', name), { recursive: true });
  writeFileSync(join(folder, 'migrations', name, 'migration.sql'), script);
}

const apply = (options: ApplyOptions) => applyMigrations(database.adminUrl, folder, role, options);
const things = () =>
  withClient(database.adminUrl, async (admin) => {
    const { rows } = await admin.query<{ id: number }>('SELECT id FROM things ORDER BY id');
    return rows.map(({ id }) => id);
  });

test('an empty database gets everything, a contract too', async () => {
  expect(await apply({ contract: false })).toEqual({
    applied: [FIRST, EXPAND, CONTRACT, LATER],
    waiting: [],
  });
});

test('on a database in use, a contract waits until it is asked for, and so does what comes after it', async () => {
  for (const name of [EXPAND, CONTRACT, LATER]) rmSync(join(folder, 'migrations', name), { recursive: true });
  await apply({ contract: false });
  for (const [name, script] of Object.entries(scripts)) write(name, script);

  expect(await apply({ contract: false })).toEqual({ applied: [EXPAND], waiting: [CONTRACT, LATER] });
  expect(await apply({ contract: false })).toEqual({ applied: [], waiting: [CONTRACT, LATER] });
  expect(await migrationState(database.adminUrl, folder)).toEqual({
    applied: [FIRST, EXPAND],
    pending: [CONTRACT, LATER],
  });
  expect(await apply({ contract: true })).toEqual({ applied: [CONTRACT, LATER], waiting: [] });
});

test('a migration in batches keeps what it had done when it failed, tells how far it is, and can be taken up again', async () => {
  write(EXPAND, IN_BATCHES);
  const notices: string[] = [];
  const options = { contract: true, onNotice: (notice: string) => void notices.push(notice) };
  await expect(apply(options)).rejects.toThrow('an obstacle');
  expect(await things()).toEqual([1]);
  expect(notices).toContain('one is done');

  await withClient(database.adminUrl, (admin) => admin.query('DELETE FROM obstacles'));
  expect(await apply(options)).toMatchObject({ applied: [EXPAND, CONTRACT, LATER] });
  expect(await things()).toEqual([1, 2]);
  expect((await migrationState(database.adminUrl, folder)).applied).toEqual(listMigrations(folder));
});

test('any other migration that failed stops the next run, with the remedy', async () => {
  write(EXPAND, IN_BATCHES.replace('-- Resumable', '-- By hand'));
  await expect(apply({ contract: true })).rejects.toThrow('an obstacle');
  await expect(apply({ contract: true })).rejects.toThrow(/stage_1_expand_things failed half-way: restore/);
});

test('a migration of several statements that fails leaves nothing behind', async () => {
  write(EXPAND, 'INSERT INTO things VALUES (7); SELECT 1 / 0;');
  await expect(apply({ contract: true })).rejects.toThrow('division by zero');
  expect(await things()).toEqual([]);
});
