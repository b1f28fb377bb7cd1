// A fresh, migrated, empty database for one test file, cloned from the run's template.
import { randomUUID } from 'node:crypto';
import { escapeIdentifier } from 'pg';
import { z } from 'zod';
import { readConfig, setting } from '../config.ts';
import { databaseUrl, loginUrl, ownerNames, withClient } from '../postgres/owners.ts';
import { setSearchPath } from '../postgres/search-path.ts';

export interface TestDatabase {
  /** As the app role: what the process under test gets. */
  readonly url: string;
  /** As an administrator: what a test may look with. */
  readonly adminUrl: string;
  drop(): Promise<void>;
}

const settings = {
  adminUrl: setting('SHOP_TEST_ADMIN_URL', z.string()),
  prefix: setting('SHOP_TEST_PREFIX', z.string()),
  password: setting('SHOP_TEST_PASSWORD', z.string()),
};

/** @param owner a folder of `prisma/`: `monolith`. */
export async function createTestDatabase(owner: string): Promise<TestDatabase> {
  const { adminUrl, prefix, password } = readConfig(settings);
  const template = ownerNames(prefix, owner);
  const database = `${template.database}_${randomUUID().slice(0, 8)}`;
  await withClient(adminUrl, async (admin) => {
    await admin.query(
      `CREATE DATABASE ${escapeIdentifier(database)} TEMPLATE ${escapeIdentifier(template.database)}`,
    );
  });
  await setSearchPath(adminUrl, database, owner);
  const url = databaseUrl(adminUrl, database);
  return {
    url: loginUrl(url, template.appRole, password),
    adminUrl: url,
    drop: () =>
      withClient(adminUrl, async (admin) => {
        await admin.query(`DROP DATABASE IF EXISTS ${escapeIdentifier(database)} WITH (FORCE)`);
      }),
  };
}
