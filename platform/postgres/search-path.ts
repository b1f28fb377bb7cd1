// Which schemas an owner's tables lie in, and the order in which its database looks for a name.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { escapeIdentifier } from 'pg';
import { projectRoot } from '../paths.ts';
import { withClient } from './owners.ts';

/** Of prisma/<owner>/schema.prisma, in its order: `schemas = [...]`, or none where all lies in `public`. */
export function schemasOf(owner: string): readonly string[] {
  const text = readFileSync(join(projectRoot, 'prisma', owner, 'schema.prisma'), 'utf8');
  const [, list = ''] = /^\s*schemas\s*=\s*\[(.*?)\]/ms.exec(text) ?? [];
  return [...list.matchAll(/"(\w+)"/g)].map(([, name = '']) => name);
}

/**
 * Lets SQL name the owner's tables without their schemas: `FROM products`. So a module's repository is the same file
 * before it has a schema of its own, with it, and in the service pulled out later. Holds for sessions that begin from
 * now on; a database that is cloned does not inherit it.
 */
export async function setSearchPath(adminUrl: string, database: string, owner: string): Promise<void> {
  const schemas = schemasOf(owner);
  if (schemas.length === 0) return;
  const path = [...schemas, 'public'].map(escapeIdentifier).join(', ');
  await withClient(adminUrl, async (admin) => {
    await admin.query(`ALTER DATABASE ${escapeIdentifier(database)} SET search_path = ${path}`);
  });
}
