import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '#platform/paths.ts';

const folder = import.meta.dirname;
const inSource = readdirSync(folder)
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
  .flatMap((path) => [
    ...readFileSync(join(folder, path), 'utf8').matchAll(/\bfailpoint\(\s*'([^']+)'\s*\)/g),
  ])
  .map(([, name = '']) => name);

/** Of the table's first column; what else is named in it would be no failpoint. */
const inTable = [
  ...readFileSync(join(projectRoot, 'docs/ownership.md'), 'utf8').matchAll(/^\| (`\w+\.[^|]*) \|/gm),
].flatMap(([, cell = '']) => cell.split(', ').map((name) => name.replaceAll('`', '')));

test('the recovery table of docs/ownership.md has every failpoint of this folder once, and no other', () => {
  expect(inTable.toSorted()).toEqual(inSource.toSorted());
  expect(new Set(inTable).size).toBe(inTable.length);
  expect(inTable.length).toBeGreaterThan(20);
});
