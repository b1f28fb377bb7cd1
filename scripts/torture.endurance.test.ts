import { execFileSync, spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { projectRoot } from '#platform/paths.ts';
import { until } from '#platform/testing/until.ts';
import { run } from './testing.ts';

const childrenOf = (parent: number | undefined) =>
  execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .flatMap(([pid, of]) => (pid !== undefined && of === parent ? [pid] : []));

const folders = () => readdirSync(tmpdir()).filter((name) => name.startsWith('shop-torture-'));

test('an unknown fault is named, and the help lists them all', async () => {
  const help = await run('torture', {}, '--help');
  expect(help).toMatchObject({ code: 0, output: expect.stringContaining('postmaster-killed') as string });
  expect(await run('torture', {}, '--only', 'flood')).toMatchObject({
    code: 1,
    output: expect.stringContaining('There is no fault flood') as string,
  });
  expect(await run('torture', {}, '--no-shop', '--only', 'flapping,monolith-killed')).toMatchObject({
    code: 1,
    output: expect.stringContaining('without a shop there is no monolith-killed') as string,
  });
});

test('a run that was too short is inconclusive, in one line and by its exit code', async () => {
  const { code, output } = await run(
    'torture',
    {},
    ...['--seconds', '1', '--seed', '5', '--only', 'flapping', '--writers', '2', '--rate', '50', '--json'],
  );
  expect(code).toBe(1);
  expect(output).toMatch(/^npm run torture: inconclusive \(seed 5\): \d+ switches of 50; .*$/m);
  const report = JSON.parse(output.trim().split('\n').at(-1) ?? '') as Record<string, unknown>;
  expect(report).toMatchObject({ outcome: 'inconclusive', seed: 5, findings: [] });
});

test.each([
  ['Ctrl-C', (child: ChildProcessByStdio<null, null, Readable>) => void child.kill('SIGINT')],
  [
    'the end of whoever read its output',
    ({ stderr }: ChildProcessByStdio<null, null, Readable>) => void stderr.destroy(),
  ],
])('%s in the middle of a fault ends it, and leaves no process and no folder', async (_what, end) => {
  const before = folders();
  const child = spawn(
    process.execPath,
    [join(projectRoot, 'scripts/torture.ts'), '--only', 'cluster-stopped', '--verbose'],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const exit = once(child, 'exit');
  let said = '';
  child.stderr.on('data', (chunk) => (said += String(chunk)));
  await until(() => said.includes('SIGSTOP'));
  const made = folders().filter((name) => !before.includes(name));
  expect(made.length).toBe(3);
  // Both postmasters, and the shop's four.
  const pids = childrenOf(child.pid);
  expect(pids.length).toBeGreaterThanOrEqual(6);
  end(child);
  expect(await exit).toEqual([1, null]);
  expect(folders().filter((name) => made.includes(name))).toEqual([]);
  for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});
