import { checkStages } from './check.ts';
import { example, treeOf } from './testing.ts';

const sound = {
  'package.json': '{}',
  'house/doors.ts': 'side(); // from stage-1\n',
  'house/wall.ts': 'at head',
  'stages/stage-0-first/README.md': '[wall](../../house/wall.ts) and [the web](https://example.com)',
  'stages/stage-0-first/overlay/house/wall.ts': 'at first',
  'stages/stage-1-second/README.md': '# Two houses',
};

const check = (files: Readonly<Record<string, string>>) => checkStages(treeOf(files), example);

const soundWithout = (missing: string) =>
  Object.fromEntries(Object.entries(sound).filter(([path]) => path !== missing));

test('a sound tree has no problem', () => {
  expect(check(sound)).toEqual([]);
});

test('every path that no rule knows is named', () => {
  expect(check({ ...sound, 'garden/tree.ts': '', '.secret': '' })).toEqual([
    'garden/tree.ts belongs to no stage: add it to a rule of stages/manifest.ts, or delete it',
    '.secret belongs to no stage: add it to a rule of stages/manifest.ts, or delete it',
  ]);
});

test('a stage that stands must have its page', () => {
  const without = soundWithout('stages/stage-1-second/README.md');
  expect(check(without)).toEqual([expect.stringContaining('stages/stage-1-second/README.md is missing')]);
});

test("a page's links must lead to what its stage has", () => {
  const page = '[later](../../house/new/door.ts) [beside](../stage-1-second/README.md)';
  const files = { ...sound, 'house/new/door.ts': '', 'stages/stage-0-first/README.md': page };
  expect(check(files)).toEqual([
    expect.stringContaining('links to ../../house/new/door.ts'),
    expect.stringContaining('links to ../stage-1-second/README.md'),
  ]);
});

test('an overlay file must replace another, and differ from it', () => {
  const overlay = {
    'stages/stage-0-first/overlay/house/tent.ts': '',
    'stages/stage-0-first/overlay/house/wall.ts': 'at head',
  };
  expect(check({ ...sound, ...overlay })).toEqual([
    expect.stringContaining('house/wall.ts is the same as house/wall.ts'),
    expect.stringContaining('house/tent.ts replaces nothing'),
  ]);
  const reasons = { 'house/tent.ts': 'the first stage slept in it' };
  const tent = treeOf({ ...sound, 'stages/stage-0-first/overlay/house/tent.ts': '' });
  expect(checkStages(tent, { ...example, overlayAdditions: reasons })).toEqual([]);
});

test.each([
  ['stage-0-first', 12],
  ['stage-1-second', 4],
])('the overlay of %s may have %i files, not one more', (stage, limit) => {
  const overlay = (count: number) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, at) => [
        [`stages/${stage}/overlay/house/${at}.ts`, 'old'],
        [`house/${at}.ts`, 'new'],
      ]).flat(),
    ) as Record<string, string>;
  const withoutOverlay = soundWithout('stages/stage-0-first/overlay/house/wall.ts');
  expect(check({ ...withoutOverlay, ...overlay(limit) })).toEqual([]);
  expect(check({ ...withoutOverlay, ...overlay(limit + 1) })).toEqual([
    expect.stringContaining(`has ${limit + 1} files, at most ${limit} are allowed`),
  ]);
});

test('a folder that is no stage is named', () => {
  expect(check({ ...sound, 'stages/stage-1-secnod/overlay/house/wall.ts': '' })).toEqual([
    expect.stringContaining('stages/stage-1-secnod/ is no stage'),
  ]);
});

test('marks stand in registration files only, and name stages that exist', () => {
  expect(check({ ...sound, 'house/wall.ts': 'brick(); // from stage-1' })).toEqual([
    expect.stringContaining('house/wall.ts has stage marks'),
  ]);
  expect(check({ ...sound, 'house/doors.ts': 'side(); // from stage-9' })).toEqual([
    expect.stringContaining('house/doors.ts names stage-9'),
  ]);
});

test('a registration file must exist', () => {
  const without = soundWithout('house/doors.ts');
  expect(check(without)).toEqual([expect.stringContaining('house/doors.ts does not exist')]);
});
