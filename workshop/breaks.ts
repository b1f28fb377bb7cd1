// An exercise that breaks the shop itself: what is put wrong, and the tests that a reader has to make green again.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectRoot } from '#platform/paths.ts';
import { SetupError } from '#platform/setup-error.ts';

/** What breaks.ts of an exercise exports, as `exercise`. */
export interface BrokenExercise {
  /** What holds where it is solved, in one sentence. */
  readonly goal: string;
  /** In one or two files. `right` stands once in its file. */
  readonly breaks: readonly { readonly file: string; readonly right: string; readonly wrong: string }[];
  /** Test files from the root of the checkout: their names say what is wrong. */
  readonly tests: readonly string[];
}

/** @param folder of the exercise. @returns undefined for one whose files lie in its own folder. */
export async function readBreaks(folder: string): Promise<BrokenExercise | undefined> {
  const file = join(folder, 'breaks.ts');
  if (!existsSync(file)) return undefined;
  const { exercise } = (await import(pathToFileURL(file).href)) as { exercise: BrokenExercise };
  return exercise;
}

export const filesOf = ({ breaks }: BrokenExercise): readonly string[] => [
  ...new Set(breaks.map(({ file }) => file)),
];

/** Puts it wrong, from the files as they were committed. @param root of the checkout. @throws {SetupError} */
export function lay(exercise: BrokenExercise, root = projectRoot): void {
  restore(filesOf(exercise), root);
  for (const { file, right, wrong } of exercise.breaks) {
    const text = readFileSync(join(root, file), 'utf8');
    if (text.split(right).length !== 2)
      throw new SetupError(`${file} is not the one that this exercise was written for`);
    // Not a pattern: `$` has no meaning in it.
    writeFileSync(
      join(root, file),
      text.replace(right, () => wrong),
    );
  }
}

/** As they were committed. @param paths from the root. @throws {SetupError} */
export function restore(paths: readonly string[], root = projectRoot): void {
  git(root, 'checkout', '--quiet', '--', ...paths);
}

/** What was changed and not committed, below the paths or anywhere: a line each. @throws {SetupError} */
export const changesIn = (paths: readonly string[] = [], root = projectRoot): readonly string[] =>
  git(root, 'status', '--porcelain', '--', ...paths)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.slice(3));

function git(cwd: string, ...words: readonly string[]): string {
  try {
    return execFileSync('git', [...words], { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    const [line = ''] = String((error as { stderr?: string }).stderr ?? (error as Error).message).split('\n');
    throw new SetupError(`this takes a checkout with git: ${line}`, { cause: error });
  }
}
