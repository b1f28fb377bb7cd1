import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '#platform/paths.ts';

const run = promisify(execFile);
const stage = (...args: string[]) => run(process.execPath, [join(projectRoot, 'scripts/stage.ts'), ...args]);

test.each(['list', 'build', 'verify', 'open', 'diff', 'check'])('%s has its help', async (verb) => {
  const { stdout } = await stage(verb, '--help');
  expect(stdout).toContain(`Usage: npm run stage -- ${verb}`);
});

test.each([
  [['open', '77'], 'there is no stage 77'],
  [['diff', '0', '9'], 'stage-9-decommissioned does not stand yet'],
  [['verify', 'stage-0-monolit'], 'there is no stage stage-0-monolit'],
])('%j fails with one line', async (args, line) => {
  await expect(stage(...args)).rejects.toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(new RegExp(`^npm run stage: .*${line}.*\n$`)) as unknown,
  });
});
