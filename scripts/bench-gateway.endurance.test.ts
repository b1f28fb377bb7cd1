import { dirname } from 'node:path';
import { run } from './testing.ts';

test.each([
  [['--rounds', '0'], "error: option '--rounds <n>' argument '0' is invalid. It must be at least 1."],
  [['--upside-down'], "error: unknown option '--upside-down'"],
])('%j is refused in one line, with code 1', async (words, line) => {
  expect(await run('bench', {}, 'gateway', ...words)).toEqual({ code: 1, output: `${line}\n` });
});

test('where nginx is not installed the others are measured, and one line says what to do', async () => {
  const nothingButNode = { PATH: dirname(process.execPath) };
  const { code, output } = await run('bench', nothingButNode, 'gateway', '--seconds', '1', '--rounds', '1');
  expect({ code, output }).toMatchObject({ code: 0 });
  expect(output).toMatch(/^nginx is not installed here, so it was not measured: .*`nginx`/m);
  expect(output).not.toMatch(/^\|.*nginx/m);
});
