// For tests of exercises: judges what is handed out, the solution, and solutions that are wrong in one place.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { readConfig, setting } from '#platform/config.ts';
import { projectRoot } from '#platform/paths.ts';
import type { Verdict } from '../workshop/exercise.ts';
import { run } from './testing.ts';

const { serverUrl } = readConfig({ serverUrl: setting('SHOP_TEST_ADMIN_URL', z.string()) });

export const workshop = (...words: string[]) => run('workshop', { DATABASE_URL: serverUrl }, ...words);

export const exerciseFolder = (name: string): string => join(projectRoot, 'workshop', name);

/** What an exercise's README shows below its command. */
export const shownBy = (exercise: string): string =>
  /```console\n\$ npm run workshop -- check \d+\n(.*?)```/s.exec(
    readFileSync(join(exercise, 'README.md'), 'utf8'),
  )?.[1] ?? 'nothing';

/**
 * @param right stands once in that file of the solution; it is replaced by what is wrong.
 * @returns the names of the checks that fail, in order.
 */
export async function failingWith(exercise: string, file: string, right: string, wrong: string) {
  mkdirSync(join(projectRoot, '.shop'), { recursive: true });
  // As deep in the checkout as the solution, so that its imports hold.
  const place = mkdtempSync(join(projectRoot, '.shop/workshop-'));
  try {
    const copy = join(place, 'solution');
    cpSync(join(exercise, 'solution'), copy, { recursive: true });
    const text = readFileSync(join(copy, file), 'utf8');
    expect(text.split(right)).toHaveLength(2);
    writeFileSync(
      join(copy, file),
      text.replace(right, () => wrong),
    );
    const number = basename(exercise).slice(0, 2);
    const { code, output } = await workshop('check', number, '--in', copy, '--json');
    const verdicts = JSON.parse(output) as Verdict[];
    expect(code).toBe(verdicts.some(({ problems }) => problems.length > 0) ? 1 : 0);
    return verdicts.filter(({ problems }) => problems.length > 0).map(({ name }) => name);
  } finally {
    rmSync(place, { recursive: true });
  }
}
