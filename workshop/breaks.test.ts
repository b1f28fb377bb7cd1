// What an exercise puts wrong stands once in the shop as it is, its tests exist, and its page has hints.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '#platform/paths.ts';
import { readBreaks } from './breaks.ts';
import { findExercise, listExercises, titleOf } from './exercise.ts';
import { hintsOf } from './hints.ts';

test.each(listExercises())('%s has a title and at least three hints', (name) => {
  expect(titleOf(findExercise(name))).toMatch(/^[a-z]/);
  expect(hintsOf(findExercise(name)).length).toBeGreaterThanOrEqual(3);
});

const breaking = listExercises().filter((name) => readdirSync(findExercise(name)).includes('breaks.ts'));

// The first stages have none.
if (breaking.length > 0)
  test.each(breaking)(
    '%s breaks what is there, in one or two files, and names tests that are there',
    async (name) => {
      const exercise = await readBreaks(findExercise(name));
      for (const { file, right, wrong } of exercise?.breaks ?? []) {
        expect(readFileSync(join(projectRoot, file), 'utf8').split(right)).toHaveLength(2);
        expect(wrong).not.toBe(right);
      }
      expect(new Set(exercise?.breaks.map(({ file }) => file)).size).toBeLessThanOrEqual(2);
      expect(exercise?.tests.map((file) => existsSync(join(projectRoot, file)))).not.toContain(false);
      expect(exercise?.goal).toMatch(/\.$/);
    },
  );
