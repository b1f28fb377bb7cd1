// Runs one npm command in a stage's folder, times it, and keeps what it says for the case that it fails.
import { spawn } from 'node:child_process';
import { childEnvironment } from '#platform/config.ts';

export interface StepOutcome {
  readonly passed: boolean;
  readonly milliseconds: number;
  /** Both streams, as they came. */
  readonly output: string;
}

/** Empty counts as not given: the stage's data lies in its own folder, not in the reader's. */
const OWN_DATA = { SHOP_DATA_DIR: '' };

/** @param args of npm: `['run', 'check']`. */
export async function runStep(
  args: readonly string[],
  folder: string,
  settings: Readonly<Record<string, string>> = OWN_DATA,
): Promise<StepOutcome> {
  const begun = performance.now();
  const env = childEnvironment(settings);
  const child = spawn('npm', args, { cwd: folder, env, stdio: 'pipe', shell: process.platform === 'win32' });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));

  // Ctrl-C reaches the child by itself; this process has to stay, and clear the folder away.
  const stay = () => undefined;
  process.on('SIGINT', stay);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject).once('close', resolve);
    });
    return {
      passed: code === 0,
      milliseconds: performance.now() - begun,
      output: Buffer.concat(chunks).toString(),
    };
  } finally {
    process.off('SIGINT', stay);
  }
}
