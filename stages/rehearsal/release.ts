// A stage as a release: its files in a folder of their own, from which its commands and its monolith run.
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { startChild, type Child } from '#platform/children.ts';
import { projectRoot } from '#platform/paths.ts';
import { SetupError } from '#platform/setup-error.ts';
import type { Stage } from '../manifest.ts';
import { runStep } from '../run-step.ts';
import { writeFiles, type Tree } from '../tree.ts';

export interface Release {
  readonly stage: Stage;
  /** Runs an npm script of the release. @returns the seconds that it took. */
  run(script: string, ...args: readonly string[]): Promise<number>;
  startMonolith(settings: Readonly<Record<string, string>>): Promise<Child & { readonly url: string }>;
}

/**
 * @param tree the stage's files.
 * @param scratch an existing folder, to lie in.
 * @param environment of its commands: which data, which server.
 */
export async function unpackRelease(
  stage: Stage,
  tree: Tree,
  scratch: string,
  environment: Readonly<Record<string, string>>,
): Promise<Release> {
  const folder = join(scratch, stage.name);
  mkdirSync(folder);
  writeFiles(tree, folder);
  symlinkSync(join(projectRoot, 'node_modules'), join(folder, 'node_modules'), 'junction');

  const release: Release = {
    stage,
    async run(script, ...args) {
      const { passed, output, milliseconds } = await runStep(
        ['run', script, '--', ...args],
        folder,
        environment,
      );
      if (!passed) throw new SetupError(`npm run ${script} of ${stage.name} failed: ${output}`);
      return milliseconds / 1_000;
    },
    async startMonolith(settings) {
      const child = await startChild(`monolith of ${stage.name}`, 'monolith/main.ts', settings, folder);
      return { ...child, url: `http://127.0.0.1:${child.port}` };
    },
  };
  await release.run('generate');
  return release;
}
