import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { childEnvironment } from '#platform/config.ts';
import { projectRoot, stage } from '#platform/paths.ts';

const script = join(projectRoot, 'scripts/check-protos.ts');
const PROTO = 'protos/shop/catalog/v1/catalog.proto';

let scratch: string;
let root: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'shop-check-protos-'));
  root = join(scratch, 'shop');
  for (const path of ['protos', 'buf.yaml', 'docs/contracts'])
    cpSync(join(projectRoot, path), join(root, path), { recursive: true });
  git(root, 'init', '--quiet', '--initial-branch', 'main');
  commit('first');
});
afterEach(() => rmSync(scratch, { recursive: true }));

function git(folder: string, ...args: string[]): void {
  const identity = ['-c', 'user.name=test', '-c', 'user.email=test@shop.test', '-c', 'commit.gpgsign=false'];
  execFileSync('git', [...identity, ...args], { cwd: folder, stdio: 'pipe' });
}

function commit(message: string): void {
  git(root, 'add', '--all');
  git(root, 'commit', '--quiet', '--message', message);
}

function edit(path: string, change: (text: string) => string): void {
  const text = readFileSync(join(root, path), 'utf8');
  expect(change(text)).not.toBe(text);
  writeFileSync(join(root, path), change(text));
}

async function check(folder = root, ...args: string[]) {
  const run = promisify(execFile)(process.execPath, [script, folder, ...args], {
    // Nothing outside this machine is asked.
    env: childEnvironment({ HTTPS_PROXY: 'http://127.0.0.1:1', HTTP_PROXY: 'http://127.0.0.1:1' }),
  });
  const { stdout, stderr } = await run.catch((error: unknown) => error as { stdout: string; stderr: string });
  return { stdout, stderr };
}

/** Whoever reads a category's name gets nothing any more. */
const removeField = (text: string) =>
  text.replace(/\n {2}\/\/ What it is called on a page\.\n {2}string name = 2;\n/, '');

const BREAK = /catalog\.proto:\d+:\d+:Previously present field "2" with name "name" on message "Category"/;

test('contracts in order pass, and it is told what they were compared with', async () => {
  expect(await check()).toEqual({ stdout: expect.stringContaining('in order') as unknown, stderr: '' });
});

// A stage is compared with nothing: it is cut from head.
const atHead = stage === 'head' ? test : test.skip;

atHead('a field that is removed is found before it is committed', async () => {
  edit(PROTO, removeField);
  const { stderr } = await check();
  expect(stderr).toMatch(BREAK);
  expect(stderr).toContain('compared with main');
});

atHead('so is one that is removed on a branch, and one whose removal is on main already', async () => {
  git(root, 'switch', '--quiet', '--create', 'branch');
  edit(PROTO, removeField);
  commit('remove a field');
  expect((await check()).stderr).toMatch(BREAK);
  git(root, 'branch', '--force', 'main');
  git(root, 'switch', '--quiet', 'main');
  expect((await check()).stderr).toMatch(BREAK);
});

atHead('in a shallow clone too, against what it has', async () => {
  const clone = join(scratch, 'clone');
  git(scratch, 'clone', '--quiet', '--depth', '1', `file://${root}`, clone);
  expect((await check(clone)).stderr).toBe('');
  root = clone;
  edit(PROTO, removeField);
  expect((await check(clone)).stderr).toMatch(BREAK);
});

atHead('an addition breaks nobody', async () => {
  edit(PROTO, (text) =>
    text.replace('  string name = 2;\n}', '  string name = 2;\n\n  // More of it.\n  string more = 3;\n}'),
  );
  const { stderr } = await check();
  expect(stderr).not.toContain('breaking');
  expect(stderr).toContain('docs/contracts/shop.catalog.v1.md is not what the contracts say');
});

test('a declaration without a comment is found', async () => {
  edit(PROTO, (text) => text.replace('  // What it is called on a page.\n', ''));
  expect((await check()).stderr).toMatch(/Field "name" should have a non-empty comment/);
});

test('a page that was edited by hand is found, and one of a contract that is gone', async () => {
  edit('docs/contracts/shop.common.v1.md', (text) => text.replace('cents', 'pence'));
  writeFileSync(join(root, 'docs/contracts/shop.gone.v1.md'), '');
  expect((await check()).stderr.trim().split('\n')).toEqual([
    expect.stringContaining('shop.common.v1.md is not what the contracts say'),
    expect.stringContaining('shop.gone.v1.md is not what the contracts say'),
  ]);
});

test('a folder that is no checkout is compared with nothing', async () => {
  rmSync(join(root, '.git'), { recursive: true });
  expect((await check()).stdout).toContain('compared with nothing before them');
});
