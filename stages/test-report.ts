// Reads jest's own report, to see that the tests which a stage has were really run.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tree } from './tree.ts';

interface TestReport {
  readonly numPassedTests: number;
  readonly testResults: readonly { readonly name: string }[];
}

/** @returns why the run proves nothing, or undefined if it does. */
export function testProblem(file: string, folder: string, tree: Tree): string | undefined {
  if (!existsSync(file))
    return 'npm test did not report what it ran: it has to pass its arguments on to jest';

  const { numPassedTests, testResults } = JSON.parse(readFileSync(file, 'utf8')) as TestReport;
  if (numPassedTests === 0) return 'npm test ran no test at all';

  const run = new Set(testResults.map(({ name }) => name));
  const forgotten = [...tree.keys()].filter(
    (path) => path.endsWith('.test.ts') && !run.has(join(folder, path)),
  );
  return forgotten.length === 0 ? undefined : `npm test left out ${forgotten.join(', ')}`;
}
