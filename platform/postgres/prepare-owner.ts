// Makes an owner's database ready to be used: roles, database, migrations, and the URLs to reach it by.
import { join } from 'node:path';
import { escapeIdentifier } from 'pg';
import { projectRoot } from '../paths.ts';
import { applyMigrations, type Applied, type ApplyOptions } from './migrations.ts';
import {
  databaseUrl,
  ensureOwner,
  loginUrl,
  ownerNames,
  protectHistory,
  withClient,
  type OwnerNames,
} from './owners.ts';
import { setSearchPath } from './search-path.ts';

export interface PreparedOwner extends OwnerNames, Applied {
  /** As an administrator. */
  readonly adminUrl: string;
  /** As the app role: what the owner's process gets. */
  readonly appUrl: string;
}

/**
 * @param prefix keeps apart what shares a server: `shop`.
 * @param owner a folder of `prisma/`: `monolith`.
 * @param password of the app role, from its name.
 * @param options by default everything is applied: right where nothing of an earlier release runs on the database.
 * @throws {SetupError} where the database has a history that this checkout does not know.
 */
export async function prepareOwner(
  serverUrl: string,
  prefix: string,
  owner: string,
  password: (role: string) => string,
  options: ApplyOptions = { contract: true },
): Promise<PreparedOwner> {
  const names = ownerNames(prefix, owner);
  await ensureOwner(serverUrl, names, password(names.appRole));
  const adminUrl = databaseUrl(serverUrl, names.database);
  const folder = join(projectRoot, 'prisma', owner);
  const migrated = await applyMigrations(adminUrl, folder, names.ownerRole, options);
  await setSearchPath(serverUrl, names.database, owner);
  await protectHistory(serverUrl, names);
  const appUrl = loginUrl(adminUrl, names.appRole, password(names.appRole));
  return { ...names, ...migrated, adminUrl, appUrl };
}

/** Removes the database and its roles: a server that outlives a temporary run keeps nothing of it. */
export async function dropOwner(
  serverUrl: string,
  { database, appRole, ownerRole }: PreparedOwner,
): Promise<void> {
  await withClient(serverUrl, async (admin) => {
    await admin.query(`DROP DATABASE IF EXISTS ${escapeIdentifier(database)} WITH (FORCE)`);
    for (const role of [appRole, ownerRole])
      await admin.query(`DROP ROLE IF EXISTS ${escapeIdentifier(role)}`);
  });
}
