// Prisma's migrations without Prisma's native engine: the official schema engine as WebAssembly, over the pg driver.
// The folders and the table _prisma_migrations stay the ones that `prisma migrate` understands.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import { PrismaPg } from '@prisma/adapter-pg';
import { SchemaEngine, type DiffTarget } from '@prisma/schema-engine-wasm';
import { Client, Pool } from 'pg';
import { SetupError } from '../setup-error.ts';

const LOCK_FILE = { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' };
const NO_FILTERS = { externalTables: [], externalEnums: [] };
/** Any number that nothing else in the project locks: one migration at a time per database. */
const MIGRATION_LOCK = 7_041_776;
const ENGINE_LOCK_TIMEOUT_MS = 10_000;

/** Where an owner's schema and migrations lie: `prisma/<owner>`. */
export type MigrationsFolder = string;

export interface MigrationState {
  readonly applied: readonly string[];
  readonly pending: readonly string[];
}

/** Names of the migrations, oldest first. */
export function listMigrations(folder: MigrationsFolder): readonly string[] {
  const path = join(folder, 'migrations');
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

/** @throws {SetupError} where the database's history and the folder's do not fit together. */
export async function migrationState(url: string, folder: MigrationsFolder): Promise<MigrationState> {
  return withEngine(url, folder, (engine) => readState(engine, folder));
}

/**
 * Applies what is pending, as the owner of the tables.
 * @returns the names of the migrations that were applied now.
 */
export async function applyMigrations(
  url: string,
  folder: MigrationsFolder,
  ownerRole: string,
): Promise<readonly string[]> {
  const lock = new Client({ connectionString: url });
  await lock.connect();
  try {
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    return await withEngine(
      url,
      folder,
      async (engine) => {
        const { pending } = await readState(engine, folder);
        if (pending.length === 0) return [];
        const { appliedMigrationNames } = await engine.applyMigrations({
          migrationsList: migrationsList(folder),
          filters: NO_FILTERS,
        });
        return appliedMigrationNames;
      },
      ownerRole,
    );
  } finally {
    await lock.end();
  }
}

/**
 * Writes the next migration: the difference between the schema that the newest migration leads to
 * (kept beside it) and the present schema.prisma.
 * @returns the new folder, or undefined where nothing has changed.
 */
export async function createMigration(
  url: string,
  folder: MigrationsFolder,
  name: string,
  now: Date,
): Promise<string | undefined> {
  const newest = listMigrations(folder).at(-1);
  const present = readSchema(folder);
  const before = newest && readFileSync(join(folder, 'migrations', newest, 'schema.prisma'), 'utf8');
  const script = await withEngine(url, folder, (engine) => diff(engine, before, present));
  if (script === undefined) return undefined;

  const directory = join(folder, 'migrations', `${timestamp(now)}_${name}`);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'migration.sql'), script);
  writeFileSync(join(directory, 'schema.prisma'), present);
  writeFileSync(join(folder, 'migrations', LOCK_FILE.path), LOCK_FILE.content);
  return directory;
}

/** The SQL that makes schema.prisma from nothing: what the migrations together must amount to. */
export async function schemaScript(url: string, folder: MigrationsFolder): Promise<string> {
  const script = await withEngine(url, folder, (engine) => diff(engine, undefined, readSchema(folder)));
  return script ?? '';
}

async function readState(engine: SchemaEngine, folder: MigrationsFolder): Promise<MigrationState> {
  const names = listMigrations(folder);
  const { history, failedMigrationNames, editedMigrationNames } = await engine.diagnoseMigrationHistory({
    migrationsList: migrationsList(folder),
    optInToShadowDatabase: false,
    filters: NO_FILTERS,
  });
  if (failedMigrationNames.length > 0) {
    throw new SetupError(
      `the migration ${failedMigrationNames.join(', ')} failed half-way: restore a backup, or npm run reset to begin afresh`,
    );
  }
  if (editedMigrationNames.length > 0) {
    throw new SetupError(
      `the migration ${editedMigrationNames.join(', ')} was edited after it had been applied: restore the file from git`,
    );
  }
  if (history?.diagnostic === 'databaseIsBehind') {
    const pending = history.unappliedMigrationNames;
    return { applied: names.filter((name) => !pending.includes(name)), pending };
  }
  if (history) {
    throw new SetupError(
      `the database has migrations that this checkout does not know (${history.unpersistedMigrationNames.join(', ')}): ` +
        'check out the version that made it, or npm run reset to begin afresh',
    );
  }
  return { applied: names, pending: [] };
}

/** @returns the SQL that leads from one schema.prisma to another, or undefined where they are the same. */
async function diff(engine: SchemaEngine, from: string | undefined, to: string): Promise<string | undefined> {
  const target = (content: string): DiffTarget => ({
    tag: 'schemaDatamodel',
    files: [{ path: 'schema.prisma', content }],
  });
  const result = await engine.diff({
    from: from === undefined ? { tag: 'empty' } : target(from),
    to: target(to),
    script: true,
    exitCode: null,
    filters: NO_FILTERS,
  });
  const script = result.stdout ?? '';
  return /^\s*(-- This is an empty migration\.\s*)?$/.test(script) ? undefined : script;
}

async function withEngine<T>(
  url: string,
  folder: MigrationsFolder,
  use: (engine: SchemaEngine) => Promise<T>,
  role?: string,
): Promise<T> {
  // A pool of our own, since the engine leaves its connections open.
  const pool = new Pool({
    connectionString: url,
    allowExitOnIdle: true,
    ...(role === undefined ? {} : { options: `-c role=${role}` }),
  });
  const adapter = bindMigrationAwareSqlAdapterFactory(new PrismaPg(pool));
  const datamodels: [string, string][] = [[join(folder, 'schema.prisma'), readSchema(folder)]];
  const engine = await SchemaEngine.new({ datamodels }, () => undefined, adapter);
  const restoreTimers = releaseEngineTimers();
  try {
    return await use(engine);
  } finally {
    restoreTimers();
    engine.free();
    await pool.end();
  }
}

/** The engine arms a timer for its lock and never clears it; without this, every process would end 10 s late. */
function releaseEngineTimers(): () => void {
  const original = globalThis.setTimeout;
  const patched = (callback: () => void, delay?: number) => {
    const timer = original(callback, delay);
    return delay === ENGINE_LOCK_TIMEOUT_MS ? timer.unref() : timer;
  };
  globalThis.setTimeout = Object.assign(patched, original);
  return () => void (globalThis.setTimeout = original);
}

function migrationsList(folder: MigrationsFolder) {
  return {
    baseDir: join(folder, 'migrations'),
    lockfile: LOCK_FILE,
    shadowDbInitScript: '',
    migrationDirectories: listMigrations(folder).map((name) => ({
      path: name,
      migrationFile: {
        path: 'migration.sql',
        content: {
          tag: 'ok' as const,
          value: readFileSync(join(folder, 'migrations', name, 'migration.sql'), 'utf8'),
        },
      },
    })),
  };
}

const readSchema = (folder: MigrationsFolder) => readFileSync(join(folder, 'schema.prisma'), 'utf8');

const timestamp = (at: Date) => at.toISOString().replace(/\D/g, '').slice(0, 14);
