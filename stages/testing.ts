// For tests: a small manifest with two stages that stand, trees in one literal, and repositories of their own.
import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gitIn, type Git } from './git.ts';
import type { Manifest, Stage } from './manifest.ts';
import { writeFiles, type Tree } from './tree.ts';

export const first: Stage = { number: 0, name: 'stage-0-first', summary: 'one house' };
export const second: Stage = { number: 1, name: 'stage-1-second', summary: 'two houses' };
export const planned: Stage = { number: 2, name: 'stage-2-planned', summary: 'none' };

export const example: Manifest = {
  stages: [first, second, planned],
  standing: [0, 1],
  paths: [
    { paths: ['stages/**'], from: 'never' },
    { paths: ['house/old.ts'], from: 0, until: 0 },
    { paths: ['house/new/**'], from: 1 },
    { paths: ['house/**', 'package.json'], from: 0 },
  ],
  registrationFiles: ['house/doors.ts'],
  overlayAdditions: {},
};

/** Text files by path; a value may be a whole file instead. */
export function treeOf(files: Readonly<Record<string, string | { mode: string; content: Buffer }>>): Tree {
  return new Map(
    Object.entries(files).map(([path, file]) => [
      path,
      typeof file === 'string' ? { mode: '100644', content: Buffer.from(file) } : file,
    ]),
  );
}

export const textOf = (tree: Tree, path: string): string | undefined => tree.get(path)?.content.toString();

/** Real, since git names real paths. */
export const temporaryFolder = (): string => realpathSync(mkdtempSync(join(tmpdir(), 'shop-stages-')));

/** A repository in `folder` whose only commit is the tree. */
export function commitAll(folder: string, tree: Tree): Git {
  writeFiles(tree, folder);
  const git = gitIn(folder);
  git.text(['init', '--quiet']);
  git.text(['config', 'user.name', 'Test']);
  git.text(['config', 'user.email', 'test@shop.test']);
  git.text(['config', 'commit.gpgSign', 'false']);
  git.text(['config', 'core.autocrlf', 'false']);
  git.text(['add', '--all', '--force']);
  git.text(['commit', '--quiet', '--no-verify', '--message', 'everything']);
  return git;
}
