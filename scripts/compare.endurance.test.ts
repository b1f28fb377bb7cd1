import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Comparison } from '../compare/figures.ts';
import { childEnvironment } from '#platform/config.ts';
import { projectRoot } from '#platform/paths.ts';
import { until } from '#platform/testing/until.ts';
import { run } from './testing.ts';

/** What is tested is that everything is measured, not how fast it is. */
const SIZE = ['--seconds', '2', '--rounds', '1', '--products', '100', '--rate', '20', '--customers', '5'];
const DEADLINE_MS = 300_000;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shop-compared-'));
  // PostgreSQL may run as another user.
  chmodSync(folder, 0o755);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const leftBehind = () => readdirSync(folder).filter((name) => name.startsWith('shop-'));

test(
  'every shape is measured in one run, the split is read from its service, and nothing is left behind',
  async () => {
    const html = join(folder, 'page.html');
    const { code, output } = await run('compare', { TMPDIR: folder }, ...SIZE, '--json', '--html', html);
    expect({ code, output }).toMatchObject({ code: 0 });
    const line = output.split('\n').find((each) => each.startsWith('{')) ?? '';
    const { shapes, faults } = JSON.parse(line) as Comparison;
    expect(faults).toEqual([]);
    expect(shapes.map(({ processes }) => processes)).toEqual([
      { monolith: 1, PostgreSQL: 1 },
      { 'load balancer': 1, monolith: 2, PostgreSQL: 1 },
      { monolith: 1, gateway: 1, catalog: 1, switch: 1, PostgreSQL: 1 },
    ]);
    for (const { throughput, latencyMs, cpuMs, memoryMiB, startSeconds } of shapes)
      for (const figure of [throughput, latencyMs.all.p99, cpuMs.total, memoryMiB.total, startSeconds])
        expect(figure?.median).toBeGreaterThan(0);
    const [one, two, split] = shapes.map(({ servedByService }) => servedByService?.median);
    expect([one, two]).toEqual([0, 0]);
    expect(split).toBeGreaterThan(0);
    expect(readFileSync(html, 'utf8')).toContain('<svg ');
    expect(leftBehind()).toEqual([]);
  },
  DEADLINE_MS,
);

test('Ctrl-C ends it in one line, with code 1, and nothing is left behind', async () => {
  const child = spawn(process.execPath, ['scripts/compare.ts', ...SIZE], {
    cwd: projectRoot,
    env: childEnvironment({ TMPDIR: folder }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  await until(() => leftBehind().length > 0);
  child.kill('SIGINT');
  const [output, complaints] = await said;
  expect({ output, code: child.exitCode }).toEqual({ output: '', code: 1 });
  expect(complaints.split('\n').filter((line) => !line.includes('Warning'))).toContain(
    'npm run compare: interrupted',
  );
  expect(leftBehind()).toEqual([]);
});

test.each([
  [['--rounds', '0'], "error: option '--rounds <n>' argument '0' is invalid. It must be at least 1."],
  [['--html', '/nowhere/page.html'], 'npm run compare: /nowhere/page.html cannot be written: ENOENT'],
])('%j is refused in one line, with code 1', async (words, line) => {
  const { code, output } = await run('compare', {}, ...words);
  expect(code).toBe(1);
  expect(output).toContain(line);
  expect(output.trim().split('\n')).toHaveLength(1);
});
