// Runs test files, and tells which of their tests fail, by their names: sentences that say what should hold.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { childEnvironment } from '#platform/config.ts';
import { projectRoot } from '#platform/paths.ts';
import { SetupError } from '#platform/setup-error.ts';

const JEST = [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  'node_modules/jest/bin/jest.js',
];

interface Report {
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/**
 * @param files from the root. @returns the names of those that failed; of a file that cannot be run, its first line.
 * @throws {SetupError} where no test was run at all.
 */
export async function failingTests(files: readonly string[], root = projectRoot): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'shop-workshop-'));
  const report = join(folder, 'report.json');
  try {
    const words = [
      '--selectProjects',
      'unit',
      '--json',
      '--outputFile',
      report,
      '--runTestsByPath',
      ...files,
    ];
    const child = spawn(process.execPath, [...JEST, ...words], {
      cwd: root,
      env: childEnvironment({}),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child.stderr.resume();
    await once(child, 'close');
    const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as Report;
    if (testResults.length < files.length) throw new SetupError(`no tests were found: ${files.join(', ')}`);
    return testResults.flatMap(({ message, assertionResults }) =>
      assertionResults.length === 0
        ? [message.trim().split('\n')[0] ?? 'the tests cannot be run']
        : assertionResults.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName),
    );
  } catch (error) {
    if (error instanceof SetupError) throw error;
    throw new SetupError(`the tests cannot be run: ${(error as Error).message}`, { cause: error });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
