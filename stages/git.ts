// Runs git in one checkout, whatever repository or index the surroundings point at.
import { execFileSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { childEnvironment } from '#platform/config.ts';
import { SetupError } from '#platform/setup-error.ts';

export interface GitOptions {
  readonly input?: string | Buffer;
  readonly environment?: Readonly<Record<string, string>>;
}

export interface Git {
  readonly root: string;
  /** What git printed, without the last line's end. */
  text(args: readonly string[], options?: GitOptions): string;
  bytes(args: readonly string[], options?: GitOptions): Buffer;
}

/** @throws {SetupError} where the folder is not itself the top of a git checkout. */
export function openGit(root: string): Git {
  const git = gitIn(root);
  let top: string | undefined;
  try {
    top = git.text(['rev-parse', '--show-toplevel']);
  } catch (error) {
    // Git has reasons of its own to refuse a checkout (another user's folder): those are worth reading.
    if (!/not a git repository/.test(String(error))) throw error;
  }
  // An unpacked archive may lie within another project's checkout.
  if (top === undefined || realpathSync(top) !== realpathSync(root)) {
    throw new SetupError(
      'this is not a git checkout: the stages are cut from commits, so clone the repository',
    );
  }
  return git;
}

/** For a folder that need not be a checkout yet. */
export function gitIn(root: string): Git {
  function bytes(args: readonly string[], { input, environment = {} }: GitOptions = {}): Buffer {
    try {
      return execFileSync('git', args, {
        cwd: root,
        env: { ...cleanEnvironment(), LC_ALL: 'C', ...environment },
        input,
        maxBuffer: Infinity,
        stdio: 'pipe',
      });
    } catch (cause) {
      const said = (cause as { stderr?: Buffer }).stderr?.toString().trim().split('\n')[0];
      throw new SetupError(`git ${args[0]}: ${said || 'cannot be run: is it installed?'}`, { cause });
    }
  }
  const text: Git['text'] = (args, options) => bytes(args, options).toString().replace(/\n$/, '');
  return { root, bytes, text };
}

/** Within a hook git names its own repository and index to every child: ours are those of the folder. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(childEnvironment({})).filter(([name]) => !name.startsWith('GIT_')),
  );
}

/** @throws {SetupError} where there is no commit yet. */
export function headCommit(git: Git): string {
  try {
    return git.text(['rev-parse', '--verify', 'HEAD']);
  } catch (cause) {
    throw new SetupError('there is no commit yet: the stages are cut from the last one', { cause });
  }
}

/** When a commit was made, in seconds since 1970. */
export const commitTime = (git: Git, revision: string): string =>
  git.text(['log', '-1', '--no-show-signature', '--format=%ct', revision]);

export const hasUncommittedChanges = (git: Git): boolean => git.text(['status', '--porcelain']) !== '';
