// Proves a stage: its tree alone, in an empty folder, must generate, pass its checks and pass its tests.
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Stage } from './manifest.ts';
import { runStep, type StepOutcome } from './run-step.ts';
import { testProblem } from './test-report.ts';
import { writeFiles, type Tree } from './tree.ts';

export interface VerifyOptions {
  readonly stage: Stage;
  /** The stage's files. */
  readonly tree: Tree;
  /** Head's node_modules, shared since the lock file is the same; undefined installs them afresh. */
  readonly nodeModules: string | undefined;
  /** Leaves the folder in place. */
  readonly keep?: boolean;
  /** Called when a step begins; what it returns is called with the outcome. */
  readonly watch: (step: string) => (outcome: StepOutcome) => void;
}

export interface Verdict {
  readonly passed: boolean;
  /** Where the stage was projected to; gone by now unless it was to be kept. */
  readonly folder: string;
}

/** Together they run every test of a stage. */
const TEST_SCRIPTS = ['test', 'test:endurance'];

/** Stops at the first step that fails. */
export async function verifyStage({
  stage,
  tree,
  nodeModules,
  keep,
  watch,
}: VerifyOptions): Promise<Verdict> {
  // Real, because the tests report real paths, and a temporary folder may lie behind a link.
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), `shop-${stage.name}-`)));
  const folder = join(scratch, stage.name);
  try {
    // PostgreSQL's programs lie below it, and root runs them as another user.
    chmodSync(scratch, 0o755);
    mkdirSync(folder);
    writeFiles(tree, folder);
    if (nodeModules !== undefined) symlinkSync(nodeModules, join(folder, 'node_modules'), 'junction');

    const reports: string[] = [];
    const reporting = (script: string): readonly string[] => {
      const report = join(scratch, `${script.replace(':', '-')}.json`);
      reports.push(report);
      return ['--', '--json', `--outputFile=${report}`, `--cacheDirectory=${join(scratch, 'cache')}`];
    };
    const testScripts = TEST_SCRIPTS.filter((script) => script === 'test' || scriptsOf(tree).has(script));
    const steps: readonly (readonly string[])[] = [
      ...(nodeModules === undefined ? [['ci']] : []),
      ['run', 'generate'],
      ['run', 'check'],
      ...testScripts.map((script) => ['run', script, ...reporting(script)]),
    ];
    for (const args of steps) {
      const [verb = '', script = verb] = args;
      const finish = watch(script);
      const outcome = await runStep(args, folder);
      // A runner that found nothing to run is content, and has proved nothing.
      const problem =
        outcome.passed && script === testScripts.at(-1) ? testProblem(reports, folder, tree) : undefined;
      finish(problem === undefined ? outcome : { ...outcome, passed: false, output: problem });
      if (!outcome.passed || problem !== undefined) return { passed: false, folder };
    }
    return { passed: true, folder };
  } finally {
    if (keep !== true) rmSync(scratch, { recursive: true, force: true });
  }
}

function scriptsOf(tree: Tree): ReadonlySet<string> {
  const { scripts } = JSON.parse(tree.get('package.json')?.content.toString() ?? '{}') as {
    scripts?: Readonly<Record<string, string>>;
  };
  return new Set(Object.keys(scripts ?? {}));
}
