import { chmodSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { headCommit, openGit } from './git.ts';
import { readCommit, readWorkTree } from './read-tree.ts';
import { commitAll, temporaryFolder, treeOf } from './testing.ts';
import { EXECUTABLE, SYMLINK } from './tree.ts';

let folder: string;
beforeEach(() => (folder = temporaryFolder()));
afterEach(() => rmSync(folder, { recursive: true }));

const files = treeOf({
  '.gitignore': 'ignored/\n',
  'a name with spaces\nand a second line.txt': '',
  'empty.txt': '',
  'picture.png': { mode: '100644', content: Buffer.from([0x0a, 0xff, 0x00, 0x0a]) },
  'run.sh': { mode: EXECUTABLE, content: Buffer.from('#!/bin/sh\n') },
});
const withoutBlobs = (tree: ReturnType<typeof readCommit>) =>
  [...tree].map(([path, { mode, content }]) => [path, mode, content.toString('hex')]).sort();

test('a commit is read with its names, bytes and modes', () => {
  const git = commitAll(folder, files);
  expect(withoutBlobs(readCommit(git, headCommit(git)))).toEqual(withoutBlobs(files));
});

test('the work tree is read as it lies there: new and changed files, no deleted and no ignored ones', () => {
  const git = commitAll(folder, files);
  rmSync(join(folder, 'empty.txt'));
  writeFileSync(join(folder, 'new.sh'), 'new');
  chmodSync(join(folder, 'new.sh'), 0o755);
  writeFileSync(join(folder, '.gitignore'), 'ignored.txt\n');
  writeFileSync(join(folder, 'ignored.txt'), '');
  symlinkSync('new.sh', join(folder, 'link'));

  const found = readWorkTree(git);
  expect([...found.keys()]).toEqual([
    '.gitignore',
    'a name with spaces\nand a second line.txt',
    'link',
    'new.sh',
    'picture.png',
    'run.sh',
  ]);
  expect(found.get('new.sh')?.mode).toBe(EXECUTABLE);
  expect(found.get('link')).toEqual({ mode: SYMLINK, content: Buffer.from('new.sh') });
});

test('a folder that is no checkout is refused, even within another checkout', () => {
  expect(() => openGit(folder)).toThrow('this is not a git checkout');
  commitAll(folder, treeOf({ 'inner/file.txt': '' }));
  expect(() => openGit(join(folder, 'inner'))).toThrow('this is not a git checkout');
});
