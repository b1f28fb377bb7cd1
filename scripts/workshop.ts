// npm run workshop: the exercises, from the first hint to the verdict.
import { randomUUID } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative, resolve } from 'node:path';
import { Command } from 'commander';
import { ensureGenerated } from '#platform/generated.ts';
import { projectRoot } from '#platform/paths.ts';
import { dropOwner, prepareOwner } from '#platform/postgres/prepare-owner.ts';
import { openServer } from '#platform/postgres/server.ts';
import { runProcess } from '#platform/process.ts';
import { openSecrets } from '#platform/secrets.ts';
import { SetupError } from '#platform/setup-error.ts';
import { changesIn, filesOf, lay, readBreaks, restore, type BrokenExercise } from '../workshop/breaks.ts';
import {
  findExercise,
  judge,
  listExercises,
  titleOf,
  type CheckGround,
  type Verdict,
} from '../workshop/exercise.ts';
import { failingTests } from '../workshop/failing-tests.ts';
import { forgetHints, hintsOf, showNext } from '../workshop/hints.ts';

const program = new Command('npm run workshop --').description('Exercises that check themselves.');

program
  .command('list', { isDefault: true })
  .description('the exercises')
  .option('--json', 'one JSON array')
  .action(({ json }: { json?: true }) => {
    if (json) return console.log(JSON.stringify(listExercises()));
    for (const name of listExercises())
      console.log(`${name.slice(0, 2)}  ${titleOf(findExercise(name))}: workshop/${name}/README.md`);
  });

program
  .command('start <exercise>')
  .description('get it ready; where it breaks the shop itself, only in a checkout without changes')
  .action(async (wanted: string) => {
    const exercise = findExercise(wanted);
    const broken = await readBreaks(exercise);
    const page = `${pathOf(exercise)}/README.md`;
    if (broken === undefined) {
      demandUnchanged([ownOf(exercise)], exercise);
      console.log(`edit ${ownOf(exercise)}/: ${page} says what for`);
    } else {
      demandUnchanged([], exercise);
      lay(broken);
      const files = filesOf(broken).length === 1 ? 'one file' : `${filesOf(broken).length} files`;
      console.log(`the shop is broken now, in ${files}: ${page} says what customers see`);
    }
    forgetHints(basename(exercise));
  });

program
  .command('check <exercise>')
  .description('judge what you have: each check, and why it fails')
  .option('--solution', 'the solution instead of your files, where they lie in the exercise')
  .option('--in <folder>', 'files that lie elsewhere, as deep in this checkout as those of the exercise')
  .option('--json', 'one JSON array')
  .addHelpText(
    'after',
    `
It runs on a PostgreSQL of its own, which it removes afterwards.

Environment:
  DATABASE_URL   a PostgreSQL 18 server to use instead of the embedded one`,
  )
  .action(async (wanted: string, options: { solution?: true; in?: string; json?: true }) => {
    ensureGenerated();
    const exercise = findExercise(wanted);
    const broken = await readBreaks(exercise);
    const verdicts = broken
      ? [{ name: broken.goal, problems: await failingTests(broken.tests) }]
      : await judgeOwn(exercise, options);
    if (options.json) console.log(JSON.stringify(verdicts));
    else print(verdicts, broken);
    if (verdicts.some(({ problems }) => problems.length > 0)) process.exitCode = 1;
  });

program
  .command('hint <exercise>')
  .description('one hint more each time')
  .action((wanted: string) => {
    const exercise = findExercise(wanted);
    const hints = hintsOf(exercise);
    const shown = showNext(basename(exercise), hints.length);
    for (const [index, hint] of hints.slice(0, shown).entries()) console.log(`${index + 1}. ${hint}`);
    if (shown === hints.length) console.log(`there are no more: npm run workshop -- solve ${wanted}`);
  });

program
  .command('solve <exercise>')
  .description('put one solution in the place of your files')
  .action(async (wanted: string) => {
    const exercise = findExercise(wanted);
    const broken = await readBreaks(exercise);
    if (broken) restore(filesOf(broken));
    else {
      rmSync(join(projectRoot, ownOf(exercise)), { recursive: true });
      cpSync(join(exercise, 'solution'), join(projectRoot, ownOf(exercise)), { recursive: true });
    }
    console.log(`solved: npm run workshop -- check ${wanted}`);
  });

program
  .command('reset <exercise>')
  .description('begin it again; what you have changed in it is gone')
  .action(async (wanted: string) => {
    const exercise = findExercise(wanted);
    const broken = await readBreaks(exercise);
    if (broken) lay(broken);
    else {
      rmSync(join(projectRoot, ownOf(exercise)), { recursive: true, force: true });
      restore([ownOf(exercise)]);
    }
    forgetHints(basename(exercise));
    console.log(`as it was handed out: ${pathOf(exercise)}/README.md`);
  });

const pathOf = (exercise: string) => relative(projectRoot, exercise);
/** The files that a reader edits. */
const ownOf = (exercise: string) => `${pathOf(exercise)}/exercise`;

/** @throws {SetupError} where somebody's work would be mixed with the exercise, or lost. */
function demandUnchanged(paths: readonly string[], exercise: string): void {
  const [first, ...more] = changesIn(paths);
  if (first === undefined) return;
  const others = more.length === 0 ? '' : ` and ${more.length} more`;
  throw new SetupError(
    `${first}${others} is changed, and not committed: commit it, or if it is of an exercise, reset ${basename(exercise).slice(0, 2)} or solve that`,
  );
}

async function judgeOwn(
  exercise: string,
  options: { readonly solution?: true; readonly in?: string },
): Promise<readonly Verdict[]> {
  const own = options.solution ? 'solution' : 'exercise';
  const folder = options.in === undefined ? join(exercise, own) : resolve(options.in);
  if (!existsSync(folder)) throw new SetupError(`${folder} does not exist`);
  return withGround((ground) => judge(exercise, folder, ground));
}

function print(verdicts: readonly Verdict[], broken: BrokenExercise | undefined): void {
  for (const { name, problems } of verdicts) {
    console.log(`${problems.length === 0 ? '✓' : '✗'} ${name}`);
    for (const problem of problems) console.log(`    ${problem}`);
  }
  if (broken) return;
  const passed = verdicts.filter(({ problems }) => problems.length === 0);
  console.log(`${passed.length} of ${verdicts.length} checks passed`);
}

async function withGround<T>(use: (ground: CheckGround) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'shop-workshop-'));
  const server = await openServer({ folder, secrets: openSecrets(folder), disposable: true });
  const password = randomUUID();
  const prefix = `workshop_${randomUUID().slice(0, 8)}`;
  try {
    const owner = await prepareOwner(server.adminUrl, prefix, 'monolith', () => password);
    try {
      return await use(owner);
    } finally {
      if (!server.embedded) await dropOwner(server.adminUrl, owner);
    }
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

await runProcess('npm run workshop', async () => void (await program.parseAsync()));
