import { projectPackageFile } from './package-file.ts';

const head = {
  name: 'shop',
  shop: { stage: 'head' },
  scripts: {
    start: 'node --no-warnings ./scripts/start.ts',
    switch: 'node scripts/switch.ts',
    check: 'node scripts/start.ts && node scripts/switch.ts',
    test: 'node node_modules/jest/bin/jest.js',
    lint: 'eslint .',
  },
  dependencies: { pg: '1.0.0' },
};

const projected = JSON.parse(
  projectPackageFile(JSON.stringify(head), new Set(['scripts/start.ts']), 'stage-0-monolith'),
) as typeof head;

test('a script that names a file which the stage lacks goes, the others stay', () => {
  expect(Object.keys(projected.scripts)).toEqual(['start', 'test', 'lint']);
});

test('the stage gets its name, and keeps everything else', () => {
  expect(projected).toEqual({ ...head, shop: { stage: 'stage-0-monolith' }, scripts: projected.scripts });
});
