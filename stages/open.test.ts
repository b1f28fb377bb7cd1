import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildStages } from './build.ts';
import { diffStages } from './diff.ts';
import { openStage, portOffset } from './open.ts';
import { commitAll, example, first, second, temporaryFolder, treeOf } from './testing.ts';

let parent: string;
beforeEach(() => (parent = temporaryFolder()));
afterEach(() => rmSync(parent, { recursive: true }));

const repository = () =>
  commitAll(
    join(parent, 'shop'),
    treeOf({
      'package.json': '{}',
      'house/doors.ts': 'front();\nside(); // from stage-1\n',
      'house/old.ts': 'old\n',
      'house/new/rooms/bath/tap.ts': 'one\ntwo\n',
      'house/new/rooms/hall/lamp.png': { mode: '100644', content: Buffer.from([0, 1, 2]) },
    }),
  );

test('a stage opens beside the checkout', () => {
  const git = repository();
  buildStages(git, example);
  const folder = openStage(git, first);
  expect(folder).toBe(join(parent, 'shop-stage-0-first'));
  expect(readFileSync(join(folder, 'house/doors.ts'), 'utf8')).toBe('front();\n');
});

test('a stage that is not built, or open already, is refused with the remedy', () => {
  const git = repository();
  expect(() => openStage(git, first)).toThrow('stage-0-first is not built yet: npm run stage -- build');
  expect(() => diffStages(git, first, second)).toThrow('stage-0-first is not built yet');
  buildStages(git, example);
  openStage(git, first);
  expect(() => openStage(git, first)).toThrow(/shop-stage-0-first exists already: .* git worktree remove/);
});

test('two stages are compared folder by folder', () => {
  const git = repository();
  buildStages(git, example);
  expect(diffStages(git, first, second)).toEqual([
    { folder: '.', files: 1, added: 1, removed: 1 },
    { folder: 'house', files: 2, added: 1, removed: 1 },
    { folder: 'house/new/rooms', files: 2, added: 2, removed: 0 },
  ]);
  expect(diffStages(git, first, first)).toEqual([]);
});

test('no two stages share a port, and none with head', () => {
  expect(portOffset(first)).not.toBe(0);
  expect(portOffset(first)).not.toBe(portOffset(second));
});
