// Reads a tree of files by git: a commit's, or what lies in the work tree.
import { lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Git } from './git.ts';
import { EXECUTABLE, SYMLINK, type Tree, type TreeFile } from './tree.ts';

export function readCommit(git: Git, commit: string): Tree {
  const entries = git
    .text(['ls-tree', '-r', '-z', '--full-tree', commit])
    .split('\0')
    .filter((line) => line !== '')
    .map((line) => {
      const [, mode = '', blob = '', path = ''] = /^(\d+) \w+ (\w+)\t(.*)$/s.exec(line) ?? [];
      return { mode, blob, path };
    });
  const contents = readBlobs(
    git,
    entries.map(({ blob }) => blob),
  );
  return new Map(
    entries.map(({ mode, blob, path }, at) => [path, { mode, blob, content: contents[at] as Buffer }]),
  );
}

/** One git process for all of them: one each would cost seconds. */
function readBlobs(git: Git, blobs: readonly string[]): Buffer[] {
  const output = git.bytes(['cat-file', '--batch'], { input: blobs.join('\n') });
  let offset = 0;
  return blobs.map((blob) => {
    const end = output.indexOf('\n', offset);
    const header = output.toString('utf8', offset, end);
    const size = Number(/ blob (\d+)$/.exec(header)?.[1]);
    if (Number.isNaN(size)) throw new Error(`git has no file ${blob}: ${header}`);
    offset = end + 1 + size + 1;
    return output.subarray(end + 1, end + 1 + size);
  });
}

/** What lies in the folder now: every file that git tracks, or would if it were added. */
export function readWorkTree(git: Git): Tree {
  const listed = git.text(['ls-files', '-z', '--cached', '--others', '--exclude-standard']).split('\0');
  const paths = [...new Set(listed)].filter((path) => path !== '').sort();
  return new Map(
    paths.flatMap((path): [string, TreeFile][] => {
      const file = readWorkFile(join(git.root, path));
      return file === undefined ? [] : [[path, file]];
    }),
  );
}

/** @returns undefined for a file that is deleted, and not yet committed so. */
function readWorkFile(file: string): TreeFile | undefined {
  const stat = lstatSync(file, { throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  if (stat.isSymbolicLink()) return { mode: SYMLINK, content: Buffer.from(readlinkSync(file)) };
  const executable = (stat.mode & 0o100) !== 0;
  return { mode: executable ? EXECUTABLE : '100644', content: readFileSync(file) };
}
