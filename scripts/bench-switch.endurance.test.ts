import type { SwitchReport } from '../bench/switch/report.ts';
import { run } from './testing.ts';

/** What is tested is that everything is measured, not how fast it is. */
const SIZE = ['--switches', '4', '--seconds', '1', '--products', '100', '--pause', '50'];
/** Whether a write is answered is not for a busy machine to decide. */
const ROOM = { GATEWAY_HOLD_MS: '60000', GATEWAY_WRITE_PATIENCE_MS: '60000', GATEWAY_DEADLINE_MS: '120000' };

test('every switch is seen by the writers, on both paths at both levels, and no write fails, is lost or done twice', async () => {
  const { code, output } = await run('bench', ROOM, 'switch', ...SIZE, '--json');
  expect({ code, output }).toMatchObject({ code: 0 });
  const line = output.split('\n').find((each) => each.startsWith('{')) ?? '';
  const { paths } = JSON.parse(line) as SwitchReport;
  expect(paths.map(({ kind, levels }) => [kind, levels.map(({ percent }) => percent)])).toEqual([
    ['database', [50, 80]],
    ['gateway', [50, 80]],
  ]);
  for (const { gapMs, ...level } of paths.flatMap(({ levels }) => levels)) {
    expect(level).toMatchObject({ switches: 4, failed: 0, lost: 0, duplicated: 0 });
    expect(level.acknowledged).toBeGreaterThan(4);
    expect(gapMs.max).toBeGreaterThanOrEqual(gapMs.p50);
    expect(gapMs.p50).toBeGreaterThan(0);
  }
}, 300_000);

test.each([
  [['--switches', '0'], "error: option '--switches <n>' argument '0' is invalid. It must be at least 1."],
  [['--upside-down'], "error: unknown option '--upside-down'"],
])('%j is refused in one line, with code 1', async (words, line) => {
  expect(await run('bench', {}, 'switch', ...words)).toEqual({ code: 1, output: `${line}\n` });
});
