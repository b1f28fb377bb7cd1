// npm run stage: cuts the migration's stages from head, proves them, opens them, and compares two of them.
import { join } from 'node:path';
import { program } from 'commander';
import { projectRoot } from '#platform/paths.ts';
import { runProcess } from '#platform/process.ts';
import { SetupError } from '#platform/setup-error.ts';
import { buildStages, tagState } from '../stages/build.ts';
import { checkStages } from '../stages/check.ts';
import { diffStages } from '../stages/diff.ts';
import { hasUncommittedChanges, headCommit, openGit, type Git } from '../stages/git.ts';
import { findStage, standingStages } from '../stages/lookup.ts';
import { manifest, type Stage } from '../stages/manifest.ts';
import { openStage, portOffset } from '../stages/open.ts';
import { showStep } from '../stages/progress.ts';
import { projectTree } from '../stages/projection.ts';
import { readCommit, readWorkTree } from '../stages/read-tree.ts';
import { rehearse } from '../stages/rehearsal/rehearse.ts';
import { faultsOf, formatRehearsal } from '../stages/rehearsal/report.ts';
import { verifyStage } from '../stages/verify.ts';
import { wholeNumber } from './options.ts';

program
  .name('npm run stage --')
  .description('The stages of the migration: each is a git tag, cut from head.')
  .showHelpAfterError('(--help shows what can be given)');

program
  .command('list')
  .description('the stages, whether they stand, and whether their tags are built')
  .option('--json', 'one JSON array')
  .action(({ json }: { json?: true }) => {
    const git = openGit(projectRoot);
    const head = readCommit(git, headCommit(git));
    const rows = manifest.stages.map((stage) => {
      const stands = manifest.standing.includes(stage.number);
      return {
        ...stage,
        stands,
        tag: stands ? tagState(git, stage) : 'missing',
        files: stands ? projectTree(head, stage, manifest).size : null,
      };
    });
    if (json) return console.log(JSON.stringify(rows));
    for (const { name, stands, tag, files, summary } of rows) {
      const state = stands ? `${files} files, tag ${tag}` : 'planned';
      console.log(`${name.padEnd(24)}${state.padEnd(26)}${summary}`);
    }
  });

program
  .command('build')
  .description('cut every stage that stands from the last commit, and tag it')
  .option('--json', 'one JSON array')
  .action(({ json }: { json?: true }) => {
    const git = openGit(projectRoot);
    warnIfDirty(git);
    const built = buildStages(git, manifest);
    if (json) {
      return console.log(JSON.stringify(built.map(({ stage, ...rest }) => ({ tag: stage.name, ...rest }))));
    }
    for (const { stage, commit, files } of built) {
      console.log(`${stage.name.padEnd(24)}${commit.slice(0, 12)}  ${files} files`);
    }
    console.log('next: npm run stage -- open 0');
  });

program
  .command('verify')
  .description('prove a stage in an empty folder: generate, check, test')
  .argument('[stage]', 'its number or name; without it, every stage that stands')
  .option('--work-tree', 'take what lies in the folder now, instead of the last commit')
  .option('--install', "install the dependencies afresh, instead of sharing head's")
  .option('--keep', 'leave the folder in place')
  .action(async (wanted: string | undefined, options: { workTree?: true; install?: true; keep?: true }) => {
    const stages = wanted === undefined ? standingStages(manifest) : [findStage(wanted, manifest)];
    const git = openGit(projectRoot);
    if (!options.workTree) warnIfDirty(git);
    const head = options.workTree ? readWorkTree(git) : readCommit(git, headCommit(git));
    const nodeModules = options.install ? undefined : join(projectRoot, 'node_modules');
    for (const stage of stages) {
      console.log(stage.name);
      const { passed, folder } = await verifyStage({
        stage,
        tree: projectTree(head, stage, manifest),
        nodeModules,
        keep: options.keep ?? false,
        watch: showStep,
      });
      if (options.keep) console.log(`  kept in ${folder}`);
      if (!passed) throw new SetupError(`${stage.name} does not stand`);
    }
  });

program
  .command('rehearse')
  .description(
    'migrate a full database of the stage before to a stage, under load, with both releases at once',
  )
  .argument('<stage>', 'its number or name')
  .option('--products <n>', 'how full the database is', wholeNumber, 100_000)
  .option('--seconds <n>', 'of traffic between two steps', wholeNumber, 10)
  .option('--rate <n>', 'actions a second, at each release that runs', wholeNumber, 30)
  .option('--work-tree', 'take what lies in the folder now, instead of the last commit')
  .option('--json', 'one JSON object')
  .action(async (wanted: string, options: RehearseOptions) => {
    const stage = findStage(wanted, manifest);
    const before = standingStages(manifest).findLast(({ number }) => number < stage.number);
    if (before === undefined) throw new SetupError(`there is nothing before ${stage.name}`);
    const git = openGit(projectRoot);
    if (!options.workTree) warnIfDirty(git);
    const head = options.workTree ? readWorkTree(git) : readCommit(git, headCommit(git));
    const report = await rehearse({
      ...options,
      before: { stage: before, tree: projectTree(head, before, manifest) },
      after: { stage, tree: projectTree(head, stage, manifest) },
      onStep: (step) => console.error(step),
    });
    console.log(options.json ? JSON.stringify(report) : formatRehearsal(report));
    const faults = faultsOf(report);
    if (faults.length > 0) throw new SetupError(faults.join('; '));
  });

program
  .command('open')
  .description('check a stage out beside this checkout')
  .argument('<stage>', 'its number or name')
  .action((wanted: string) => {
    const stage = findStage(wanted, manifest);
    const git = openGit(projectRoot);
    const folder = openStage(git, stage);
    warnIfOlder(git, stage);
    console.log(`${stage.name} lies in ${folder}. Next:`);
    console.log(`  cd ${folder}`);
    console.log('  npm ci');
    console.log(`  SHOP_PORT_OFFSET=${portOffset(stage)} npm start`);
    console.log(`To remove it: git worktree remove ${folder}`);
  });

program
  .command('diff')
  .description('what changed from one stage to another, by folder')
  .argument('<before>', 'its number or name')
  .argument('<after>', 'its number or name')
  .option('--json', 'one JSON array')
  .action((wantedBefore: string, wantedAfter: string, { json }: { json?: true }) => {
    const [before, after] = [findStage(wantedBefore, manifest), findStage(wantedAfter, manifest)];
    const git = openGit(projectRoot);
    const changes = diffStages(git, before, after);
    for (const stage of [before, after]) warnIfOlder(git, stage);
    if (json) return console.log(JSON.stringify(changes));
    if (changes.length === 0) return console.log('no difference');
    for (const { folder, files, added, removed } of changes) {
      console.log(`${folder.padEnd(40)}${String(files).padStart(4)} files  +${added} -${removed}`);
    }
    console.log(`read it: git diff ${before.name} ${after.name} -- ${changes[0]?.folder ?? '.'}`);
  });

program
  .command('check')
  .description('whether the manifest knows every path, and the overlays and pages are in order')
  .action(() => {
    const head = readWorkTree(openGit(projectRoot));
    const problems = checkStages(head, manifest);
    for (const problem of problems) console.error(problem);
    if (problems.length > 0) throw new SetupError(`stages: ${problems.length} to put right`);
    console.log(`${head.size} files, each with its stages`);
  });

interface RehearseOptions {
  readonly products: number;
  readonly seconds: number;
  readonly rate: number;
  readonly workTree?: true;
  readonly json?: true;
}

function warnIfDirty(git: Git): void {
  if (hasUncommittedChanges(git)) console.error('warning: uncommitted changes are not in the stages');
}

function warnIfOlder(git: Git, stage: Stage): void {
  if (tagState(git, stage) !== 'older') return;
  console.error(`warning: ${stage.name} was built from another commit: npm run stage -- build`);
}

await runProcess('npm run stage', async () => void (await program.parseAsync()));
