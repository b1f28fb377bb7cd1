import { projectTree } from './projection.ts';
import { example, first, second, textOf, treeOf } from './testing.ts';

const picture = { mode: '100755', content: Buffer.from([0xff, 0xfe, 0x00, 0x80, 0x0a]) };

const head = treeOf({
  'package.json': '{"scripts":{"new":"node house/new/door.ts"}}',
  'house/doors.ts': 'front();\nside(); // from stage-1\n',
  'house/new/door.ts': 'new',
  'house/old.ts': 'old',
  'house/picture.png': picture,
  'house/wall.ts': 'as at head',
  'stages/manifest.ts': '',
  'stages/stage-0-first/README.md': '# One house\n\n[wall](../../house/wall.ts)\n',
  'stages/stage-0-first/overlay/house/wall.ts': 'as at first',
  'stages/stage-0-first/overlay/house/tent.ts': 'gone since',
});

const atFirst = projectTree(head, first, example);
const atSecond = projectTree(head, second, example);

test('a path stands from its first stage to its last, and the tooling in none', () => {
  const paths = ['README.md', 'house/doors.ts', 'house/old.ts', 'house/picture.png'];
  expect([...atFirst.keys()]).toEqual([...paths, 'house/tent.ts', 'house/wall.ts', 'package.json']);
  expect([...atSecond.keys()]).toEqual([
    'house/doors.ts',
    'house/new/door.ts',
    'house/picture.png',
    'house/wall.ts',
    'package.json',
  ]);
});

test("an overlay's files stand in for head's, at that stage alone", () => {
  expect(textOf(atFirst, 'house/wall.ts')).toBe('as at first');
  expect(textOf(atFirst, 'house/tent.ts')).toBe('gone since');
  expect(textOf(atSecond, 'house/wall.ts')).toBe('as at head');
});

test("a stage's page is its README, with links that work from there", () => {
  expect(textOf(atFirst, 'README.md')).toBe('# One house\n\n[wall](house/wall.ts)\n');
});

test('registrations and scripts are those of the stage', () => {
  expect(textOf(atFirst, 'house/doors.ts')).toBe('front();\n');
  expect(textOf(atSecond, 'house/doors.ts')).toBe('front();\nside();\n');
  expect(textOf(atFirst, 'package.json')).not.toContain('house/new/door.ts');
  expect(textOf(atSecond, 'package.json')).toContain('house/new/door.ts');
  expect(textOf(atFirst, 'package.json')).toContain('stage-0-first');
});

test('bytes and modes go through unharmed', () => {
  expect(atFirst.get('house/picture.png')).toEqual(picture);
});

test('the order of the files at head does not matter', () => {
  const reversed = new Map([...head].reverse());
  expect([...projectTree(reversed, first, example)]).toEqual([...atFirst]);
});

test('an unknown path stops the projection', () => {
  const withStranger = new Map([...head, ...treeOf({ 'garden/tree.ts': '' })]);
  expect(() => projectTree(withStranger, first, example)).toThrow('garden/tree.ts belongs to no stage');
});
