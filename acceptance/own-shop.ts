// Starts a temporary shop for the tests as a user would, by its start command, and stops it again.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { shopEnvironment } from './target.ts';

const START = ['scripts/start.ts', '--temporary', '--json', '--products', '500'];
const START_DEADLINE_MS = 120_000;
const STOP_DEADLINE_MS = 30_000;

export interface OwnShop {
  readonly urls: { readonly shop: string; readonly paymentProvider: string };
  /** What it has printed so far, line by line. */
  readonly log: readonly string[];
  /** SIGTERM, and after a while SIGKILL. @throws where it needed the latter. */
  stop(): Promise<void>;
}

/** @throws {Error} with all that it printed, where it does not become ready in time. */
export async function startOwnShop(): Promise<OwnShop> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...START], {
    cwd: new URL('..', import.meta.url),
    env: shopEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log: string[] = [];
  const ended = once(child, 'exit').then(() => undefined);
  const urls = await Promise.race([
    readUntilReady(child, log),
    ended,
    sleep(START_DEADLINE_MS, undefined, { ref: false }),
  ]);
  if (urls === undefined) {
    await stop(child, ended);
    throw new Error(`the shop did not become ready:\n${log.join('\n')}`);
  }
  return { urls, log, stop: () => stop(child, ended) };
}

interface ReadyLine {
  readonly type: 'ready';
  readonly shop: string;
  readonly paymentProvider: string;
}

function readUntilReady(child: ChildProcess, log: string[]): Promise<OwnShop['urls']> {
  return new Promise((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        log.push(line);
        if (line.startsWith('{"type":"ready"')) resolve(JSON.parse(line) as ReadyLine);
      });
    }
  });
}

async function stop(child: ChildProcess, ended: Promise<void>): Promise<void> {
  child.kill('SIGTERM');
  const late = sleep(STOP_DEADLINE_MS, 'late' as const, { ref: false });
  if ((await Promise.race([ended, late])) !== 'late') return;
  child.kill('SIGKILL');
  throw new Error(`the shop did not stop within ${STOP_DEADLINE_MS} ms of a SIGTERM`);
}
