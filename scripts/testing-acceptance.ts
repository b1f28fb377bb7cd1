// For tests: the whole acceptance suite, in a process of its own, against a shop that something is done to meanwhile.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { childEnvironment } from '#platform/config.ts';
import { projectRoot } from '#platform/paths.ts';
import type { RunningShop } from './testing.ts';

const JEST = [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  'node_modules/jest/bin/jest.js',
];

/** @param workers so many of its files at once. @returns its exit code, and all that it printed. */
export async function acceptanceSuite({ shop, paymentProvider }: RunningShop, workers = 2) {
  const words = ['--selectProjects', 'acceptance', '--maxWorkers', String(workers)];
  const child = spawn(process.execPath, [...JEST, ...words], {
    cwd: projectRoot,
    env: childEnvironment({ BASE_URL: shop, PAYMENT_PROVIDER_URL: paymentProvider }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}
