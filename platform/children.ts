// Child processes of a supervisor: started until they listen, watched, and stopped in order.
import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { childEnvironment } from './config.ts';
import { projectRoot } from './paths.ts';
import { SetupError } from './setup-error.ts';

export interface Child {
  readonly name: string;
  readonly pid: number;
  /** Where it listens. */
  readonly port: number;
  /** Resolves when the process has ended: with its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  /** Asks it to stop (SIGTERM), and waits until it has; after the deadline it is killed. */
  readonly stop: () => Promise<void>;
  /** Tells it something; a process that is ending does not hear it. */
  readonly send: (message: object) => void;
}

/** What Node has compiled once it need not compile again: a process starts in little more than half the time. */
const NODE_COMPILE_CACHE = join(projectRoot, 'node_modules', '.cache', 'node');

const STOP_DEADLINE_MS = 15_000;

/**
 * Starts a program of this project and waits until it tells that it listens.
 * @param script from the root of the checkout: `monolith/main.ts`.
 * @param root of another checkout, to run its program instead.
 * @throws {SetupError} where it ends before; it has said why on the terminal by then.
 */
export async function startChild(
  name: string,
  script: string,
  settings: Readonly<Record<string, string>>,
  root: string = projectRoot,
): Promise<Child> {
  const child = fork(join(root, script), {
    env: childEnvironment({ NODE_COMPILE_CACHE, ...settings }),
    execArgv: ['--disable-warning=ExperimentalWarning'],
    // A group of its own: Ctrl-C on the terminal reaches the supervisor alone, which stops everything in order.
    detached: true,
  });
  const ended = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 0));
  });
  const port = await Promise.race([
    listening(child),
    ended.then(() => {
      throw new SetupError(`the ${name} did not start`);
    }),
  ]);
  return {
    name,
    pid: child.pid ?? 0,
    port,
    ended,
    stop: () => stop(child, ended),
    send(message) {
      if (child.connected) child.send(message, () => undefined);
    },
  };
}

function listening(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    child.on('message', (message: { type?: string; port?: number }) => {
      if (message.type === 'listening' && message.port !== undefined) resolve(message.port);
    });
  });
}

async function stop(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  child.kill('SIGTERM');
  const deadline = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS);
  await ended;
  clearTimeout(deadline);
}
