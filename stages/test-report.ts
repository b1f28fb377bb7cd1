// Reads jest's own report, to see that the tests which a stage has were really run.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tree } from './tree.ts';

interface TestReport {
  readonly numPassedTests: number;
  readonly testResults: readonly { readonly name: string }[];
}

/**
 * @param files one report for each run of the tests.
 * @returns why they prove nothing, or undefined if they do.
 */
export function testProblem(files: readonly string[], folder: string, tree: Tree): string | undefined {
  const run = new Set<string>();
  for (const file of files) {
    if (!existsSync(file))
      return 'npm test did not report what it ran: it has to pass its arguments on to jest';
    const { numPassedTests, testResults } = JSON.parse(readFileSync(file, 'utf8')) as TestReport;
    if (numPassedTests === 0) return 'npm test ran no test at all';
    for (const { name } of testResults) run.add(name);
  }
  const forgotten = [...tree.keys()].filter(
    (path) => path.endsWith('.test.ts') && !run.has(join(folder, path)),
  );
  return forgotten.length === 0 ? undefined : `npm test left out ${forgotten.join(', ')}`;
}
