import { run } from './testing.ts';

test.each([
  [
    ['--only', 'sizes,nonsense'],
    "error: option '--only <sections>' argument 'sizes,nonsense' is invalid. There is layers, parallel, sizes, list, validation, tracing, catalog.",
  ],
  [['--rounds', '0'], "error: option '--rounds <n>' argument '0' is invalid. It must be at least 1."],
  [['--upside-down'], "error: unknown option '--upside-down'"],
])('%j is refused in one line, with code 1', async (words, line) => {
  expect(await run('bench', {}, 'grpc', ...words)).toEqual({ code: 1, output: `${line}\n` });
});

test('its help names every option', async () => {
  const { code, output } = await run('bench', {}, 'grpc', '--help');
  expect(code).toBe(0);
  for (const option of ['--seconds', '--rounds', '--products', '--only', '--json'])
    expect(output).toContain(option);
});

test('--json is one object with the figures of every cell', async () => {
  const { code, output } = await run('bench', {}, 'grpc', ...QUICK, '--json');
  expect({ code, output }).toMatchObject({ code: 0 });
  const report = JSON.parse(output) as { sections: { name: string; cells: object[] }[] };
  expect(report.sections.map(({ name }) => name)).toEqual(['list']);
  expect(report.sections[0]?.cells).toHaveLength(5);
}, 60_000);
const QUICK = ['--only', 'list', '--products', '50', '--seconds', '1', '--rounds', '1'];
