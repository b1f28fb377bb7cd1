import { run } from './testing.ts';

const diffExtraction = (...words: string[]) => run('diff-extraction', {}, ...words);

test('the lesson names what stayed the same, what was replaced, and shows what differs', async () => {
  const { code, output } = await diffExtraction('catalog');
  expect(code).toBe(0);
  expect(output).toMatch(
    /same, byte by byte\n.*\n? {2}catalog\.ts .*imports alone\n {2}repository\.ts .*\n {2}routes\.ts .*\n {2}grpc\.ts/s,
  );
  expect(output).toContain("\n-import { Prisma } from '../../../generated/prisma/monolith/client.ts';\n");
  expect(output).toContain("\n+import { Prisma } from '../../generated/prisma/catalog/client.ts';\n");
  // Coloured on a terminal alone.
  expect(output).not.toContain('\x1b');
});

test('--json names every file and how it came to be', async () => {
  const { output } = await diffExtraction('catalog', '--json');
  const { service, files } = JSON.parse(output) as { service: string; files: unknown[] };
  expect(service).toBe('catalog');
  expect(files).toContainEqual({
    file: 'repository.ts',
    state: 'imports',
    lines: expect.any(Number) as number,
  });
});

test.each([
  [['teleport'], /^npm run diff-extraction: there is no service teleport in extracted\/: there is catalog$/],
  [[], /^error: missing required argument 'service'$/],
])('%j ends in one line, with code 1', async (words, line) => {
  const { code, output } = await diffExtraction(...words);
  expect(output.trim()).toMatch(line);
  expect(code).toBe(1);
});

test('--help names the services', async () => {
  const { code, output } = await diffExtraction('--help');
  expect({ code, output }).toMatchObject({
    code: 0,
    output: expect.stringContaining('one of catalog') as string,
  });
});
