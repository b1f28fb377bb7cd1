// An exercise: a folder whose check.ts says what must hold of the reader's files, or whose breaks.ts what is wrong with the
// shop's own.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SetupError } from '#platform/setup-error.ts';

/** A migrated database of the monolith that the check may fill. */
export interface CheckGround {
  /** As an administrator who may make roles. */
  readonly adminUrl: string;
  /** As the monolith. */
  readonly appUrl: string;
}

export interface Check {
  readonly name: string;
  /** @returns what is not as it should be, a line each; what it throws is one, too. */
  readonly run: () => Promise<readonly string[]>;
}

/** What check.ts has to export. */
export interface CheckModule {
  readonly openChecks: (
    folder: string,
    ground: CheckGround,
  ) => Promise<{ readonly checks: readonly Check[]; readonly close: () => Promise<void> }>;
}

export interface Verdict {
  readonly name: string;
  readonly problems: readonly string[];
}

const exercises = readdirSync(import.meta.dirname).filter((name) => /^\d\d-/.test(name));

/** Their names, in order: `01-cut-a-seam`. */
export const listExercises = (): readonly string[] => exercises.toSorted();

/** @throws {SetupError} for an exercise that there is not. */
export function findExercise(wanted: string): string {
  const found = exercises.find((name) => name === wanted || name.startsWith(`${wanted.padStart(2, '0')}-`));
  if (found === undefined)
    throw new SetupError(`there is no exercise ${wanted}: ${listExercises().join(', ')}`);
  return join(import.meta.dirname, found);
}

/** The first line of its page. */
export const titleOf = (folder: string): string =>
  readFileSync(join(folder, 'README.md'), 'utf8')
    .split('\n', 1)[0]
    ?.replace(/^# Exercise \d+: /, '') ?? '';

/**
 * @param exercise the folder that has check.ts.
 * @param folder the files that are judged.
 * @throws {SetupError} where they cannot be loaded.
 */
export async function judge(
  exercise: string,
  folder: string,
  ground: CheckGround,
): Promise<readonly Verdict[]> {
  if (!existsSync(folder)) throw new SetupError(`${folder} does not exist`);
  const { openChecks } = (await import(pathToFileURL(join(exercise, 'check.ts')).href)) as CheckModule;
  const { checks, close } = await openChecks(folder, ground).catch((cause: unknown) => {
    throw new SetupError(`${folder} cannot be loaded: ${(cause as Error).message}`, { cause });
  });
  try {
    const verdicts: Verdict[] = [];
    for (const { name, run } of checks) {
      const problems = await run().catch((error: unknown) => [
        (error as Error).message.replace(/\s+/g, ' ').trim(),
      ]);
      verdicts.push({ name, problems });
    }
    return verdicts;
  } finally {
    await close();
  }
}
