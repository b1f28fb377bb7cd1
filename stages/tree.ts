// A tree of files in memory: what a commit holds, and what a stage's tag will hold.
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export const EXECUTABLE = '100755';
export const SYMLINK = '120000';

export interface TreeFile {
  /** As git writes it: `100644`, `100755` (executable) or `120000` (a symbolic link). */
  readonly mode: string;
  /** Bytes, never text: a picture goes through unharmed. */
  readonly content: Buffer;
  /** The id under which git has this content already. */
  readonly blob?: string;
}

/** By path from the root of the repository, always with `/`. */
export type Tree = ReadonlyMap<string, TreeFile>;

/** The files below a folder (`stages/stage-0-monolith/overlay/`), by their path from there. */
export function below(tree: Tree, folder: string): Tree {
  const inside = [...tree].filter(([path]) => path.startsWith(folder));
  return new Map(inside.map(([path, file]) => [path.slice(folder.length), file]));
}

/** Writes the files into an empty folder. */
export function writeFiles(tree: Tree, folder: string): void {
  for (const [path, { mode, content }] of tree) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    if (mode === SYMLINK) symlinkSync(content.toString(), file);
    else writeFileSync(file, content);
    if (mode === EXECUTABLE) chmodSync(file, 0o755);
  }
}
