// The lesson between two stages, folder by folder: how much was added, and how much went.
import { posix } from 'node:path';
import type { Git } from './git.ts';
import type { Stage } from './manifest.ts';
import { requireTag } from './open.ts';

export interface FolderChange {
  /** At most three names deep: `monolith/modules/inventory`. */
  readonly folder: string;
  readonly files: number;
  /** In lines; a binary file counts as a file alone. */
  readonly added: number;
  readonly removed: number;
}

/** @throws {SetupError} where one of the two is not built. */
export function diffStages(git: Git, before: Stage, after: Stage): readonly FolderChange[] {
  requireTag(git, before);
  requireTag(git, after);
  const output = git.text(['diff', '--numstat', '--no-renames', '-z', before.name, after.name]);
  const changes = new Map<string, FolderChange>();
  for (const line of output.split('\0').filter((entry) => entry !== '')) {
    const [added = '', removed = '', path = ''] = line.split('\t');
    const folder = posix.dirname(path).split('/').slice(0, 3).join('/');
    const sum = changes.get(folder) ?? { folder, files: 0, added: 0, removed: 0 };
    changes.set(folder, {
      folder,
      files: sum.files + 1,
      added: sum.added + lines(added),
      removed: sum.removed + lines(removed),
    });
  }
  return [...changes.values()].sort((a, b) => (a.folder < b.folder ? -1 : 1));
}

const lines = (count: string): number => (count === '-' ? 0 : Number(count));
