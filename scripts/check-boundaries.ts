// npm run check:boundaries: who imports whom, judged by .dependency-cruiser.js, each violation with its reason.
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { program } from 'commander';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import readRules from 'dependency-cruiser/config-utl/extract-depcruise-config';
import { ensureGenerated } from '#platform/generated.ts';
import { projectRoot } from '#platform/paths.ts';
import { runProcess } from '#platform/process.ts';
import { SetupError } from '#platform/setup-error.ts';

const NOT_OURS = ['node_modules', 'generated', 'coverage'];

program
  .name('npm run check:boundaries --')
  .description('Judges every import by the rules of .dependency-cruiser.js.')
  .argument('[folder]', 'the tree to judge', projectRoot)
  .option('--json', 'one JSON object')
  .action(async (folder: string, { json }: { json?: true }) => {
    // The rules judge imports of the generated clients too, so these have to be there.
    if (folder === projectRoot) ensureGenerated();
    const { modules, violations } = await judge(resolve(folder));
    if (json) {
      console.log(JSON.stringify({ modules, violations }));
    } else {
      for (const { rule, reason, imports } of violations) console.error(`${imports}\n    ${rule}: ${reason}`);
    }
    // A compiler that dependency-cruiser does not know makes it see no TypeScript, and find no fault.
    if (modules === 0) console.error(`no TypeScript file was found in ${folder}: nothing was judged`);
    else if (!json) console.log(`${modules} modules judged, ${violations.length} violations`);
    process.exitCode = modules === 0 || violations.length > 0 ? 1 : 0;
  });

interface Violation {
  readonly rule: string;
  readonly reason: string;
  /** `from → to`, or the whole way round for a cycle. */
  readonly imports: string;
}

async function judge(root: string): Promise<{ modules: number; violations: readonly Violation[] }> {
  if (!existsSync(root)) throw new SetupError(`${root} does not exist`);
  const { options, ...rules } = await readRules(join(projectRoot, '.dependency-cruiser.js'));
  const folders = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && !NOT_OURS.includes(entry.name))
    .map(({ name }) => name);
  const { output } = await cruise(folders, { ...options, baseDir: root, ruleSet: rules, validate: true });
  const { modules, summary } = output as ICruiseResult;

  const reasons = new Map(rules.forbidden?.map(({ name, comment }) => [name, comment]));
  return {
    modules: modules.filter(
      ({ source }) => folders.some((name) => source.startsWith(`${name}/`)) && source.endsWith('.ts'),
    ).length,
    violations: summary.violations.map(({ rule, from, to, cycle }) => ({
      rule: rule.name,
      reason: reasons.get(rule.name) ?? '',
      imports: [from, ...(cycle?.map(({ name }) => name) ?? (to === from ? [] : [to]))].join(' → '),
    })),
  };
}

await runProcess('npm run check:boundaries', async () => void (await program.parseAsync()));
