// Rebuilds what lies in generated/ when its inputs have changed; costs a few milliseconds when they have not.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { contracts } from './generators/contracts.ts'; // from stage-3
import type { Generator } from './generators/generator.ts';
import { prismaClients } from './generators/prisma-clients.ts';
import { projectRoot } from './paths.ts';

const generators: Generator[] = [];
generators.push(prismaClients);
generators.push(contracts); // from stage-3

/** @returns whether anything had to be built. */
export function ensureGenerated(root: string = projectRoot): boolean {
  return generators.map((generator) => ensure(root, generator)).some((built) => built);
}

function ensure(root: string, { name, inputs, build }: Generator): boolean {
  const files = inputs(root);
  const folder = join(root, 'generated', name);
  const stampFile = join(folder, '.inputs');
  const stamp = fingerprint(root, [join(root, 'package-lock.json'), ...files]);
  if (files.length === 0 || (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp))
    return false;

  rmSync(folder, { recursive: true, force: true });
  build(root);
  mkdirSync(folder, { recursive: true });
  writeFileSync(stampFile, stamp);
  return true;
}

function fingerprint(root: string, files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${relative(root, file)}\0`).update(readFileSync(file));
  return hash.digest('hex');
}
