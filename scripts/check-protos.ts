// npm run check:protos: the contracts keep to buf's STANDARD rules, break nobody who uses the ones before, and their pages
// in docs/contracts/ are up to date.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { program } from 'commander';
import { contractPages } from '#platform/generators/contracts-page.ts';
import { runBuf } from '#platform/generators/contracts.ts';
import { projectRoot, stage } from '#platform/paths.ts';
import { runProcess } from '#platform/process.ts';
import { SetupError } from '#platform/setup-error.ts';

program
  .name('npm run check:protos --')
  .description('Judges the contracts: style, compatibility, and their pages in docs/contracts/.')
  .argument('[folder]', 'the tree to judge', projectRoot)
  .option('--against <revision>', 'the contracts that must not be broken; by default those of main')
  .action((folder: string, { against }: { against?: string }) => {
    const root = resolve(folder);
    // A stage is cut from head, and lacks what later stages add: it is no newer version of anything.
    const baselines = stage === 'head' ? findBaselines(root, against) : [];
    const problems = [
      ...complaints(() => buf(root, ['lint'])),
      ...baselines.flatMap((revision) => breaks(root, revision)),
      ...stalePages(root),
    ];
    for (const problem of problems) console.error(problem);
    if (problems.length > 0) process.exitCode = 1;
    else console.log(`contracts in order, compared with ${baselines.join(' and ') || 'nothing before them'}`);
  });

const buf = (root: string, args: readonly string[]) => runBuf(projectRoot, args, { in: root });

function complaints(check: () => void): readonly string[] {
  try {
    check();
    return [];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

/**
 * Main, or the remote's where there is no local one; on main itself what it was before, if the clone reaches that far.
 * @throws {SetupError} where a revision was named and is not there.
 */
function findBaselines(root: string, named: string | undefined): readonly string[] {
  const commitOf = (revision: string) =>
    git(root, ['rev-parse', '--verify', '--quiet', `${revision}^{commit}`])?.toString();
  if (named !== undefined) {
    if (commitOf(named) === undefined) throw new SetupError(`there is no commit ${named} here`);
    return [named];
  }
  const main = ['main', 'origin/main'].find((revision) => commitOf(revision) !== undefined);
  if (main === undefined) return [];
  return [main, ...(commitOf(main) === commitOf('HEAD') ? ['HEAD^'] : [])].filter(
    (revision) =>
      commitOf(revision) !== undefined && git(root, ['cat-file', '-e', `${revision}:protos`]) !== undefined,
  );
}

/** @returns undefined where git refuses, or this is no checkout. */
function git(root: string, args: readonly string[]): Buffer | undefined {
  try {
    return execFileSync('git', args, { cwd: root, stdio: 'pipe', maxBuffer: Infinity });
  } catch {
    return undefined;
  }
}

/** Buf could read the repository itself, but not that of a worktree, nor that of a shallow clone. */
function breaks(root: string, revision: string): readonly string[] {
  const before = mkdtempSync(join(tmpdir(), 'shop-contracts-before-'));
  try {
    const archive = git(root, ['archive', revision, 'protos', 'buf.yaml']);
    if (archive === undefined) throw new SetupError(`git cannot read the contracts of ${revision}`);
    execFileSync('tar', ['-x', '-C', before], { input: archive });
    return complaints(() => buf(root, ['breaking', '--against', before])).map(
      (words) => `compared with ${revision}: ${words}`,
    );
  } finally {
    rmSync(before, { recursive: true });
  }
}

function stalePages(root: string): readonly string[] {
  const scratch = mkdtempSync(join(tmpdir(), 'shop-contracts-'));
  try {
    const descriptors = join(scratch, 'descriptors.binpb');
    const complaint = complaints(() => buf(root, ['build', '-o', descriptors]));
    if (complaint.length > 0) return complaint;
    const folder = join(root, 'docs/contracts');
    const pages = contractPages(readFileSync(descriptors));
    const there = existsSync(folder) ? readdirSync(folder) : [];
    return [...new Set([...there, ...pages.keys()])]
      .filter((file) => !there.includes(file) || pages.get(file) !== readFileSync(join(folder, file), 'utf8'))
      .map((file) => `docs/contracts/${file} is not what the contracts say: npm run docs:protos`);
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

await runProcess('npm run check:protos', async () => void (await program.parseAsync()));
