import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '#platform/paths.ts';
import { exerciseFolder, shownBy, workshop } from './testing-workshop.ts';

const exercise = exerciseFolder('01-cut-a-seam');

test('the exercise as it is handed out fails, and says what its page shows', async () => {
  const { code, output } = await workshop('check', '01');
  expect(output).toBe(shownBy(exercise));
  expect(code).toBe(1);
});

test('its solution passes every check', async () => {
  const { code, output } = await workshop('check', '1', '--solution');
  expect(output.trim()).toMatch(/^(✓ .*\n){5}5 of 5 checks passed$/);
  expect(code).toBe(0);
});

test('the exercises are listed, and one that does not exist is refused in one line', async () => {
  // Which they are is another matter at each stage.
  const folders = readdirSync(join(projectRoot, 'workshop')).filter((name) => /^\d/.test(name));
  expect(folders).toContain('01-cut-a-seam');
  const { code, output } = await workshop();
  expect(code).toBe(0);
  expect(output.match(/workshop\/\S+$/gm)).toEqual(folders.map((name) => `workshop/${name}/README.md`));
  expect(output.split('\n')[0]).toBe('01  cut a seam: workshop/01-cut-a-seam/README.md');
  for (const verb of ['start', 'check', 'hint', 'solve', 'reset'])
    expect(await workshop(verb, '99')).toEqual({
      code: 1,
      output: `npm run workshop: there is no exercise 99: ${folders.join(', ')}\n`,
    });
});

test('files that cannot be loaded are named', async () => {
  const { code, output } = await workshop('check', '01', '--in', 'nowhere');
  expect(output.trim()).toMatch(/^npm run workshop: .*nowhere does not exist$/);
  expect(code).toBe(1);
});
