import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shapeFigures, spread } from './figures.ts';
import { countSourceLines } from './source-lines.ts';
import { roundOf, shapes } from './testing.ts';
import { cpuSeconds, memory } from './usage.ts';

const [monolith, , split] = shapes as [(typeof shapes)[0], (typeof shapes)[0], (typeof shapes)[0]];

test('a figure is the median of its rounds, between the lowest and the highest', () => {
  expect(spread([3, 1, 8])).toEqual({ median: 3, low: 1, high: 8 });
  expect(spread([])).toBeNull();
});

test('what one round lacks is no figure, nor is a sum in which it is', () => {
  const lacking = roundOf(2, { cpuMs: { monolith: 2, PostgreSQL: null } });
  const { cpuMs, memoryMiB } = shapeFigures(monolith, 1, {}, [roundOf(1), lacking]);
  expect(cpuMs.roles).toEqual({ monolith: { median: 1.5, low: 1, high: 2 }, PostgreSQL: null });
  expect(cpuMs.total).toBeNull();
  expect(memoryMiB.total).toEqual({ median: 200, low: 150, high: 250 });
});

test('a service to which a capability can move is part of the split, and one that steers is only started', () => {
  expect(split).toMatchObject({ moved: ['catalog'], path: ['gateway', 'catalog'] });
  expect(split.programs).toEqual([
    'monolith/main.ts',
    'strangler/gateway/main.ts',
    'extracted/catalog/main.ts',
    'strangler/switch/main.ts',
  ]);
  expect(monolith).toMatchObject({ moved: [], path: ['monolith'], words: ['--alone'] });
});

test('lines are counted once for all programs, without comments and empty lines', () => {
  const root = mkdtempSync(join(tmpdir(), 'shop-lines-'));
  const write = (name: string, text: string) => writeFileSync(join(root, name), text);
  write('one.ts', "// What it is.\nimport { a } from './shared.ts';\n\n/** Why. */\nexport const b = a;\n");
  write('two.ts', "import './shared.ts';\nawait import('./late.ts');\n");
  write('shared.ts', '/**\n * Long.\n */\nexport const a = 1;\n');
  write('late.ts', 'export {};\n');
  write('never.ts', 'export {};\n');
  expect(countSourceLines(['one.ts'], root)).toBe(3);
  expect(countSourceLines(['one.ts', 'two.ts'], root)).toBe(6);
  rmSync(root, { recursive: true });
});

test('CPU time and memory are told of running processes, and of no others', () => {
  const roles = { here: [process.pid], gone: [process.pid, 2 ** 30] };
  expect(memory(roles)['here']).toBeGreaterThan(10);
  expect(cpuSeconds(roles)['here']).toBeGreaterThan(0);
  expect([memory(roles)['gone'], cpuSeconds(roles)['gone']]).toEqual([null, null]);
});
