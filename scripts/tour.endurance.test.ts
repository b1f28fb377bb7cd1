// npm run tour as a newcomer runs it: it ends in zeros, and leaves nothing behind, also where it is interrupted.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { childEnvironment } from '#platform/config.ts';
import { projectRoot } from '#platform/paths.ts';
import { until } from '#platform/testing/until.ts';
import { run } from './testing.ts';

const DEADLINE_MS = 600_000;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shop-toured-'));
  // PostgreSQL may run as another user.
  chmodSync(folder, 0o755);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const leftBehind = () => readdirSync(folder).filter((name) => name.startsWith('shop-'));

test(
  'the tour plays every act, loses nothing, says so in one object, and leaves nothing behind',
  async () => {
    const { code, output } = await run('tour', { TMPDIR: folder }, '--fast', '--json');
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(JSON.parse(output.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
      ...{ verdict: 'passed', reasons: [], switches: 3 },
      ...{ failed: 0, stale: 0, lost: 0, duplicated: 0, chargedTwice: 0, oversold: 0 },
    });
    expect(output).toMatch(/ 0 differ/);
    expect(output).toMatch(/ 0 answers differed/);
    expect(output).toMatch(/npm run switch -- writes catalog monolith/);
    expect(leftBehind()).toEqual([]);
  },
  DEADLINE_MS,
);

test('Ctrl-C ends it in one line, with code 1, and nothing is left behind', async () => {
  const child = spawn(process.execPath, ['scripts/tour.ts', '--fast'], {
    cwd: projectRoot,
    env: childEnvironment({ TMPDIR: folder }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let told = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (told += chunk));
  const said = text(child.stderr);
  const ended = once(child, 'close');
  await until(() => told.includes('switch -- replicate catalog'));
  child.kill('SIGINT');
  const complaint = await said;
  await ended;
  expect({ code: child.exitCode, complaint }).toMatchObject({ code: 1 });
  expect(complaint).toBe('npm run tour: interrupted: the shop of the tour is gone\n');
  expect(leftBehind()).toEqual([]);
});
