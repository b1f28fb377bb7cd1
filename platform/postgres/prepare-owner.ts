// Makes an owner's database ready to be used: roles, database, migrations, and the URLs to reach it by.
import { join } from 'node:path';
import { projectRoot } from '../paths.ts';
import { applyMigrations } from './migrations.ts';
import { databaseUrl, ensureOwner, loginUrl, ownerNames, protectHistory, type OwnerNames } from './owners.ts';

export interface PreparedOwner extends OwnerNames {
  /** As an administrator. */
  readonly adminUrl: string;
  /** As the app role: what the owner's process gets. */
  readonly appUrl: string;
  /** The migrations that were applied by this call. */
  readonly applied: readonly string[];
}

/**
 * @param prefix keeps apart what shares a server: `shop`.
 * @param owner a folder of `prisma/`: `monolith`.
 * @param password of the app role, from its name.
 * @throws {SetupError} where the database has a history that this checkout does not know.
 */
export async function prepareOwner(
  serverUrl: string,
  prefix: string,
  owner: string,
  password: (role: string) => string,
): Promise<PreparedOwner> {
  const names = ownerNames(prefix, owner);
  await ensureOwner(serverUrl, names, password(names.appRole));
  const adminUrl = databaseUrl(serverUrl, names.database);
  const applied = await applyMigrations(adminUrl, join(projectRoot, 'prisma', owner), names.ownerRole);
  await protectHistory(serverUrl, names);
  return { ...names, adminUrl, appUrl: loginUrl(adminUrl, names.appRole, password(names.appRole)), applied };
}
