import { existsSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { publishToChildren } from '#platform/config.ts';
import { first, temporaryFolder, treeOf } from './testing.ts';
import type { StepOutcome } from './run-step.ts';
import { verifyStage } from './verify.ts';

let nodeModules: string;
beforeEach(() => (nodeModules = temporaryFolder()));
afterEach(() => rmSync(nodeModules, { recursive: true }));

/** Stands in for jest: reports so many passed tests of these files. */
const reportTests = (passed: number, files: readonly string[]) => `
  import { writeFileSync } from 'node:fs';
  const option = process.argv.find((argument) => argument.startsWith('--outputFile='));
  const testResults = ${JSON.stringify(files)}.map((file) => ({ name: process.cwd() + '/' + file }));
  writeFileSync(option.split('=')[1], JSON.stringify({ numPassedTests: ${passed}, testResults }));
`;

interface Scripts {
  readonly 'test:endurance'?: string;
  readonly generate?: string;
  readonly check?: string;
  readonly test?: string;
}

const treeWith = (
  runner: string,
  { generate = 'node ok.js', check = 'node ok.js', test, ...others }: Scripts = {},
) =>
  treeOf({
    'package.json': JSON.stringify({
      type: 'module',
      scripts: { generate, check, test: test ?? 'node run.js', ...others },
    }),
    'ok.js': '',
    'fail.js': 'console.log("the reason"); process.exit(3);',
    'run.js': runner,
    'house/wall.test.ts': '',
  });

async function verify(tree: ReturnType<typeof treeOf>, keep = false) {
  const steps: [step: string, outcome: StepOutcome][] = [];
  const verdict = await verifyStage({
    stage: first,
    tree,
    nodeModules,
    keep,
    watch: (step) => (outcome) => void steps.push([step, outcome]),
  });
  return { ...verdict, names: steps.map(([step]) => step), last: steps.at(-1)?.[1] };
}

const sound = reportTests(5, ['house/wall.test.ts']);

test('a stage that generates, passes its checks and passes its tests stands, and its folder goes', async () => {
  const { passed, names, folder, last } = await verify(treeWith(sound));
  expect({ passed, names }).toEqual({ passed: true, names: ['generate', 'check', 'test'] });
  expect(last?.milliseconds).toBeGreaterThan(0);
  expect(existsSync(folder)).toBe(false);
});

test('the first step that fails ends it, and tells why', async () => {
  const { passed, names, folder, last } = await verify(treeWith(sound, { check: 'node fail.js' }));
  expect({ passed, names }).toEqual({ passed: false, names: ['generate', 'check'] });
  expect(last?.output).toContain('the reason');
  expect(existsSync(folder)).toBe(false);
});

test.each([
  ['no test is run', reportTests(0, ['house/wall.test.ts']), 'ran no test at all'],
  ['a test file is left out', reportTests(5, []), 'left out house/wall.test.ts'],
  ['nothing is reported', '', 'did not report what it ran'],
])('it fails where %s', async (_, runner, reason) => {
  const { passed, last } = await verify(treeWith(runner));
  expect(passed).toBe(false);
  expect(last).toMatchObject({ passed: false, output: expect.stringContaining(reason) as unknown });
});

test('the folder holds the stage and the shared node_modules, and stays if it is to be kept', async () => {
  const { folder } = await verify(treeWith(sound), true);
  expect(existsSync(join(folder, 'house/wall.test.ts'))).toBe(true);
  expect(existsSync(join(folder, 'node_modules'))).toBe(true);
  // As root, PostgreSQL runs as another user, who has to reach its programs.
  expect(statSync(join(folder, '..')).mode & 0o005).toBe(0o005);
  rmSync(join(folder, '..'), { recursive: true });
});

test('the long tests are run as well, and what they ran counts', async () => {
  const tree = treeWith(reportTests(5, []), { 'test:endurance': 'node long.js' });
  const long = treeOf({ 'long.js': sound });
  const { passed, names } = await verify(new Map([...tree, ...long]));
  expect({ passed, names }).toEqual({ passed: true, names: ['generate', 'check', 'test', 'test:endurance'] });
  const idle = await verify(new Map([...tree, ...treeOf({ 'long.js': reportTests(0, []) })]));
  expect(idle.last).toMatchObject({
    passed: false,
    output: expect.stringContaining('no test at all') as unknown,
  });
});

test("the reader's data folder does not reach the stage", async () => {
  const asked = 'if (process.env.SHOP_DATA_DIR) process.exit(4);';
  const { passed } = await withVariable('SHOP_DATA_DIR', '/somewhere/else', () =>
    verify(treeWith(`${asked}${sound}`)),
  );
  expect(passed).toBe(true);
});

async function withVariable<T>(name: string, value: string, run: () => Promise<T>): Promise<T> {
  publishToChildren({ [name]: value });
  try {
    return await run();
  } finally {
    publishToChildren({ [name]: '' });
  }
}
