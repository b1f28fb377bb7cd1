// Where things lie: the root of the checkout, its stage, and the folder that holds this stage's data.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readConfig, setting } from './config.ts';
import { z } from 'zod';

export const projectRoot = resolve(import.meta.dirname, '..');

interface PackageFile {
  readonly version: string;
  readonly shop: { readonly stage: string };
}

const packageFile = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as PackageFile;

/** `head`, or the name of the stage that this tree is a projection of. */
export const stage = packageFile.shop.stage;

export const version = packageFile.version;

/** The owners of a database: the folders of `prisma/`. */
export const listOwners = (root: string = projectRoot): readonly string[] =>
  readdirSync(join(root, 'prisma'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();

/** `.shop/<stage>` of this checkout, unless SHOP_DATA_DIR names another folder. */
export function dataFolder(): string {
  const { folder } = readConfig({ folder: setting('SHOP_DATA_DIR', z.string().optional()) });
  return folder === undefined ? join(projectRoot, '.shop', stage) : resolve(folder);
}
