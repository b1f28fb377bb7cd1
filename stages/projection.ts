// Projects head's tree onto a stage: the same repository as it stands at the end of that stage.
import type { Manifest, Stage } from './manifest.ts';
import { standsAt } from './lookup.ts';
import { projectPackageFile } from './package-file.ts';
import { keepRegistrations } from './registrations.ts';
import { below, type Tree, type TreeFile } from './tree.ts';

export const pageOf = (stage: Stage): string => `stages/${stage.name}/README.md`;
export const overlayOf = (stage: Stage): string => `stages/${stage.name}/overlay/`;

/**
 * Depends on nothing but its arguments, so the same commit always gives the same stages.
 * @throws {SetupError} for a path that the manifest does not know.
 */
export function projectTree(head: Tree, stage: Stage, manifest: Manifest): Tree {
  const files = new Map([...head].filter(([path]) => standsAt(path, stage, manifest)));
  for (const [path, file] of below(head, overlayOf(stage))) files.set(path, file);

  const page = head.get(pageOf(stage));
  if (page !== undefined) files.set('README.md', rewrite(page, relinkPage));
  for (const path of manifest.registrationFiles) {
    change(files, path, (text) => keepRegistrations(text, stage.number));
  }
  change(files, 'package.json', (text) => projectPackageFile(text, new Set(files.keys()), stage.name));
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The page moves up by two folders, and its links with it. */
const relinkPage = (text: string): string => text.replaceAll('](../../', '](');

function change(files: Map<string, TreeFile>, path: string, edit: (text: string) => string): void {
  const file = files.get(path);
  if (file !== undefined) files.set(path, rewrite(file, edit));
}

function rewrite({ mode, content }: TreeFile, edit: (text: string) => string): TreeFile {
  return { mode, content: Buffer.from(edit(content.toString())) };
}
