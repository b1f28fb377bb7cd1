import { findStage, ruleFor, standingStages, standsAt } from './lookup.ts';
import type { Manifest } from './manifest.ts';
import { example, first, planned, second } from './testing.ts';

test('a stage is found by its number and by its name', () => {
  expect(findStage('1', example)).toBe(second);
  expect(findStage('stage-1-second', example)).toBe(second);
});

test('a stage that does not exist, or does not stand yet, is refused', () => {
  expect(() => findStage('7', example)).toThrow('there is no stage 7');
  expect(() => findStage('2', example)).toThrow('stage-2-planned does not stand yet');
  expect(standingStages(example)).toEqual([first, second]);
});

test('a stage may stand before an earlier one does', () => {
  const ahead = { ...example, standing: [0, 2] };
  expect(standingStages(ahead)).toEqual([first, planned]);
  expect(findStage('2', ahead)).toBe(planned);
  expect(() => findStage('1', ahead)).toThrow('stage-1-second does not stand yet; what does: stage-0-first');
});

test('the first rule that matches decides', () => {
  expect(standsAt('house/old.ts', second, example)).toBe(false);
  expect(standsAt('house/new/door.ts', first, example)).toBe(false);
  expect(standsAt('house/new/door.ts', second, example)).toBe(true);
  expect(standsAt('stages/check.ts', second, example)).toBe(false);
});

test('a path that no rule knows is named, with the remedy', () => {
  expect(() => standsAt('garden/tree.ts', first, example)).toThrow(
    'garden/tree.ts belongs to no stage: add it to a rule of stages/manifest.ts',
  );
});

test.each([
  ['a/**', 'a/.hidden/b', true],
  ['a/**', 'ab/c', false],
  ['a/*', 'a/b/c', false],
  ['a.ts', 'axts', false],
  ['*_stage_1_*/**', '2026_stage_10_x/m.sql', false],
  ['*_stage_1_*/**', '2026_stage_1_x/m.sql', true],
])('the glob %s and the path %s: %s', (glob, path, expected) => {
  const manifest: Manifest = { ...example, paths: [{ paths: [glob], from: 0 }] };
  expect(ruleFor(path, manifest) !== undefined).toBe(expected);
});
