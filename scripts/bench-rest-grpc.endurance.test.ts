import { run } from './testing.ts';

/** What is tested is that both are measured, not how fast they are. */
const SIZE = ['--seconds', '1', '--rounds', '2', '--connections', '4', '--products', '100'];

test('a product is asked for both ways in one shop, and what the gateway adds is told and judged', async () => {
  const { code, output } = await run('bench', {}, 'rest-grpc', ...SIZE);
  expect({ code, output }).toMatchObject({ code: 0 });
  expect(output).toMatch(/^\| REST through the gateway \| +\d/m);
  expect(output).toMatch(/^\| gRPC at the service +\| +\d/m);
  expect(output).toMatch(/^The gateway adds -?\d+\.\d\d ms .* was (met|MISSED)\.$/m);
}, 180_000);

test.each([
  [['--rounds', '0'], "error: option '--rounds <n>' argument '0' is invalid. It must be at least 1."],
  [['--upside-down'], "error: unknown option '--upside-down'"],
])('%j is refused in one line, with code 1', async (words, line) => {
  expect(await run('bench', {}, 'rest-grpc', ...words)).toEqual({ code: 1, output: `${line}\n` });
});
