// Prisma's migrations without Prisma's native engine: the official schema engine as WebAssembly, over the pg driver.
// The folders and the table _prisma_migrations stay the ones that `prisma migrate` understands.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DiffTarget, SchemaEngine } from '@prisma/schema-engine-wasm';
import { SetupError } from '../setup-error.ts';
import { withClient } from './owners.ts';
import { withEngine } from './schema-engine.ts';

const LOCK_FILE = { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' };
const NO_FILTERS = { externalTables: [], externalEnums: [] };
/** Any number that nothing else in the project locks: one migration at a time per database. */
const MIGRATION_LOCK = 7_041_776;

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
  return withEngine({ url, schema: readSchema(folder) }, (engine) => readState(engine, folder));
}

export interface ApplyOptions {
  /**
   * Whether to go on to a migration that takes away what the release before it needs: not while that may still be
   * running. An empty database has no release before, and gets everything.
   */
  readonly contract: boolean;
  /** Hears what a migration that takes its time has to say. */
  readonly onNotice?: (notice: string) => void;
}

export interface Applied {
  /** Now, by this call. */
  readonly applied: readonly string[];
  /** What was left for later: a contract, and what comes after it. */
  readonly waiting: readonly string[];
}

/** Applies what is pending, as the owner of the tables. */
export async function applyMigrations(
  url: string,
  folder: MigrationsFolder,
  ownerRole: string,
  { contract, onNotice }: ApplyOptions,
): Promise<Applied> {
  return withClient(url, async (lock) => {
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    return withEngine({ url, schema: readSchema(folder), role: ownerRole, onNotice }, async (engine) => {
      await takeUpAgain(engine, folder);
      const state = await readState(engine, folder);
      const wanted = contract || state.applied.length === 0 ? state.pending : beforeContract(state.pending);
      const waiting = state.pending.slice(wanted.length);
      if (wanted.length === 0) return { applied: [], waiting };
      const { appliedMigrationNames: applied } = await engine.applyMigrations({
        migrationsList: migrationsList(folder, [...state.applied, ...wanted]),
        filters: NO_FILTERS,
      });
      return { applied, waiting };
    });
  });
}

/** `…_stage_1_contract_…` takes away what the release before it needs. */
const isContract = (name: string) => /_contract(_|$)/.test(name);

function beforeContract(pending: readonly string[]): readonly string[] {
  const at = pending.findIndex(isContract);
  return at === -1 ? pending : pending.slice(0, at);
}

/** A migration that says so in its first line may be run again after it was interrupted; what it had done, it keeps. */
const RESUMABLE = /^-- Resumable/;

async function takeUpAgain(engine: SchemaEngine, folder: MigrationsFolder): Promise<void> {
  const { failedMigrationNames } = await diagnose(engine, folder);
  for (const migrationName of failedMigrationNames) {
    if (RESUMABLE.test(readScript(folder, migrationName)))
      await engine.markMigrationRolledBack({ migrationName });
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
  const script = await withEngine({ url, schema: present }, (engine) => diff(engine, before, present));
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
  const schema = readSchema(folder);
  const script = await withEngine({ url, schema }, (engine) => diff(engine, undefined, schema));
  return script ?? '';
}

async function readState(engine: SchemaEngine, folder: MigrationsFolder): Promise<MigrationState> {
  const names = listMigrations(folder);
  const { history, failedMigrationNames, editedMigrationNames } = await diagnose(engine, folder);
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

const diagnose = (engine: SchemaEngine, folder: MigrationsFolder) =>
  engine.diagnoseMigrationHistory({
    migrationsList: migrationsList(folder, listMigrations(folder)),
    optInToShadowDatabase: false,
    filters: NO_FILTERS,
  });

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

function migrationsList(folder: MigrationsFolder, names: readonly string[]) {
  return {
    baseDir: join(folder, 'migrations'),
    lockfile: LOCK_FILE,
    shadowDbInitScript: '',
    migrationDirectories: names.map((name) => ({
      path: name,
      migrationFile: {
        path: 'migration.sql',
        content: {
          tag: 'ok' as const,
          value: readScript(folder, name),
        },
      },
    })),
  };
}

const readScript = (folder: MigrationsFolder, name: string) =>
  readFileSync(join(folder, 'migrations', name, 'migration.sql'), 'utf8');

const readSchema = (folder: MigrationsFolder) => readFileSync(join(folder, 'schema.prisma'), 'utf8');

const timestamp = (at: Date) => at.toISOString().replace(/\D/g, '').slice(0, 14);
