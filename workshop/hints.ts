// The hints of an exercise, from its page, one more each time.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { dataFolder } from '#platform/paths.ts';

/** In order. @param folder of the exercise. */
export function hintsOf(folder: string): readonly string[] {
  const page = readFileSync(join(folder, 'README.md'), 'utf8');
  const [, list = ''] = page.split(/^Hints, one at a time:$/m);
  return [...list.matchAll(/^\d+\. (.+)$/gm)].map(([, hint = '']) => hint);
}

/** @returns how many have been shown, this one included. @param file keeps count. */
export function showNext(exercise: string, among: number, file = join(dataFolder(), 'hints.json')): number {
  const shown = readShown(file);
  const now = Math.min(among, (shown[exercise] ?? 0) + 1);
  keep(file, { ...shown, [exercise]: now });
  return now;
}

export function forgetHints(exercise: string, file = join(dataFolder(), 'hints.json')): void {
  keep(file, { ...readShown(file), [exercise]: 0 });
}

function keep(file: string, shown: Readonly<Record<string, number>>): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(shown));
}

function readShown(file: string): Readonly<Record<string, number>> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, number>;
  } catch {
    return {};
  }
}
