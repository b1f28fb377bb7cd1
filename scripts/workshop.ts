// npm run workshop: the exercises, and whether one of them is solved.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { ensureGenerated } from '#platform/generated.ts';
import { dropOwner, prepareOwner } from '#platform/postgres/prepare-owner.ts';
import { openServer } from '#platform/postgres/server.ts';
import { runProcess } from '#platform/process.ts';
import { openSecrets } from '#platform/secrets.ts';
import { findExercise, judge, listExercises, type CheckGround, type Verdict } from '../workshop/exercise.ts';

const program = new Command('npm run workshop --').description('Exercises that check themselves.');

program
  .command('list', { isDefault: true })
  .description('the exercises')
  .option('--json', 'one JSON array')
  .action(({ json }: { json?: true }) => {
    if (json) return console.log(JSON.stringify(listExercises()));
    for (const name of listExercises()) console.log(`workshop/${name}/README.md`);
  });

program
  .command('check <exercise>')
  .description('judge what you have: each check, and why it fails')
  .option('--solution', 'the solution instead of your files')
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
    const own = options.solution ? 'solution' : 'exercise';
    const folder = options.in === undefined ? join(exercise, own) : resolve(options.in);
    const verdicts = await withGround((ground) => judge(exercise, folder, ground));
    if (options.json) console.log(JSON.stringify(verdicts));
    else print(verdicts);
    if (verdicts.some(({ problems }) => problems.length > 0)) process.exitCode = 1;
  });

function print(verdicts: readonly Verdict[]): void {
  for (const { name, problems } of verdicts) {
    console.log(`${problems.length === 0 ? '✓' : '✗'} ${name}`);
    for (const problem of problems) console.log(`    ${problem}`);
  }
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
