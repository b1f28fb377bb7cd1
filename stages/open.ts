// Checks a stage out beside the present checkout, so that both can be read, and run, side by side.
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { SetupError } from '#platform/setup-error.ts';
import { tagState } from './build.ts';
import type { Git } from './git.ts';
import type { Stage } from './manifest.ts';

/**
 * @returns the folder of the new worktree: `../<checkout>-stage-0-monolith`.
 * @throws {SetupError} where the stage is not built, or its folder is taken.
 */
export function openStage(git: Git, stage: Stage): string {
  requireTag(git, stage);
  const folder = join(dirname(git.root), `${basename(git.root)}-${stage.name}`);
  if (existsSync(folder)) {
    throw new SetupError(`${folder} exists already: use it, or first git worktree remove ${folder}`);
  }
  git.text(['worktree', 'add', '--detach', folder, stage.name]);
  return folder;
}

/** @throws {SetupError} where the stage's tag does not exist. */
export function requireTag(git: Git, stage: Stage): void {
  if (tagState(git, stage) === 'missing') {
    throw new SetupError(`${stage.name} is not built yet: npm run stage -- build`);
  }
}

/** Far enough apart that every stage can run at the same time, head included. */
export const portOffset = ({ number }: Stage): number => (number + 1) * 100;
