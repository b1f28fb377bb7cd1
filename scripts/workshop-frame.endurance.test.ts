// Every exercise as a reader goes through it, in a checkout of its own: it fails when it is started, and passes when it is
// solved; and nobody's work is lost on the way.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { childEnvironment, readConfig, setting } from '#platform/config.ts';
import { projectRoot } from '#platform/paths.ts';
import { listExercises } from '../workshop/exercise.ts';

const { serverUrl } = readConfig({ serverUrl: setting('SHOP_TEST_ADMIN_URL', z.string()) });

let checkout: string;
beforeAll(() => {
  checkout = mkdtempSync(join(tmpdir(), 'shop-reader-'));
  execFileSync('git', ['clone', '--quiet', '--local', projectRoot, checkout]);
  for (const folder of ['node_modules', 'generated'])
    symlinkSync(join(projectRoot, folder), join(checkout, folder));
  // A link is no folder to .gitignore.
  appendFileSync(join(checkout, '.git/info/exclude'), 'node_modules\ngenerated\n');
});
afterAll(() => rmSync(checkout, { recursive: true, force: true }));

async function workshop(...words: string[]) {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', 'scripts/workshop.ts', ...words],
    {
      cwd: checkout,
      env: childEnvironment({ DATABASE_URL: serverUrl, SHOP_DATA_DIR: join(checkout, '.shop/reader') }),
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

const changed = () =>
  execFileSync('git', ['status', '--porcelain'], { cwd: checkout, encoding: 'utf8' }).trim();

test.each(listExercises())(
  '%s fails when it is started, hints, passes when it is solved, and fails again when it is reset',
  async (name) => {
    const number = name.slice(0, 2);
    expect(await workshop('start', number)).toMatchObject({ code: 0 });
    const begun = await workshop('check', number);
    expect(begun.code).toBe(1);
    expect(begun.output).toMatch(/^✗ /m);
    expect(begun.output).not.toMatch(/^\s+at /m);
    // What its page shows is what a reader gets.
    const page = readFileSync(join(checkout, 'workshop', name, 'README.md'), 'utf8');
    const [, shown = ''] = /\$ npm run workshop -- check \d+\n(.*?)```/s.exec(page) ?? [];
    expect(begun.output).toBe(shown);
    expect((await workshop('hint', number)).output).toMatch(/^1\. .+\n$/);
    expect((await workshop('hint', number)).output).toMatch(/^1\. .+\n2\. .+\n$/);
    expect(await workshop('solve', number)).toMatchObject({ code: 0 });
    const solved = await workshop('check', number);
    expect(solved).toMatchObject({ code: 0 });
    expect(solved.output).not.toMatch(/^✗ /m);
    expect(await workshop('reset', number)).toMatchObject({ code: 0 });
    expect((await workshop('check', number)).code).toBe(1);
    execFileSync('git', ['checkout', '--quiet', '.'], { cwd: checkout });
    execFileSync('git', ['clean', '-fdq'], { cwd: checkout });
  },
  600_000,
);

test('a checkout with changes is refused, and they are still there', async () => {
  appendFileSync(join(checkout, 'README.md'), 'mine\n');
  const breaking = listExercises().at(-1) ?? '';
  const { code, output } = await workshop('start', breaking);
  expect({ code, output }).toMatchObject({ code: breaking.startsWith('01') ? 0 : 1 });
  expect(output).toMatch(/^npm run workshop: README\.md is changed, and not committed: /);
  expect(changed()).toBe('M README.md');
  execFileSync('git', ['checkout', '--quiet', '.'], { cwd: checkout });
});
