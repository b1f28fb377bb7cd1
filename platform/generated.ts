// Rebuilds generated/ when its inputs have changed; costs a few milliseconds when they have not.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { childEnvironment } from './config.ts';
import { listOwners, projectRoot } from './paths.ts';

const STAMP = 'generated/.inputs';

/** @returns whether anything had to be built. */
export function ensureGenerated(root: string = projectRoot): boolean {
  const owners = listOwners(root);
  const stamp = fingerprint([
    join(root, 'package-lock.json'),
    ...owners.map((owner) => join(root, 'prisma', owner, 'schema.prisma')),
  ]);
  const stampFile = join(root, STAMP);
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return false;

  rmSync(join(root, 'generated'), { recursive: true, force: true });
  for (const owner of owners) generateClient(root, owner);
  mkdirSync(join(root, 'generated'), { recursive: true });
  writeFileSync(stampFile, stamp);
  return true;
}

function fingerprint(files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files) hash.update(file).update(readFileSync(file));
  return hash.digest('hex');
}

function generateClient(root: string, owner: string): void {
  const prisma = join(root, 'node_modules/prisma/build/index.js');
  try {
    execFileSync(
      process.execPath,
      [prisma, 'generate', '--schema', `prisma/${owner}/schema.prisma`, '--no-hints'],
      {
        cwd: root,
        stdio: 'pipe',
        // Generating needs no engine; naming any file that exists keeps prisma from downloading one.
        env: childEnvironment({ PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, CHECKPOINT_DISABLE: '1' }),
      },
    );
  } catch (error) {
    const said = (error as { stderr?: Buffer }).stderr?.toString() ?? String(error);
    throw new Error(`prisma generate failed for ${owner}: ${said}`, { cause: error });
  }
}
