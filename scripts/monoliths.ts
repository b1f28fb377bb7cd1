// Several monoliths side by side: one that dies is started again, and all can be replaced one after the other.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Child } from '#platform/children.ts';
import type { Logger } from '#platform/logger.ts';
import { keepAlive } from './kept-alive.ts';

const READY_DEADLINE_MS = 15_000;

export interface Monoliths {
  readonly pids: readonly number[];
  /** Replaces one after the other, each only when its successor is ready. A second call waits for the first. */
  restartAll(): Promise<void>;
  stop(): Promise<void>;
}

export interface MonolithsOptions {
  readonly count: number;
  /** @throws {SetupError} where it does not start. */
  readonly start: (name: string) => Promise<Child>;
  /** Called with the addresses of those that run, whenever that changes. */
  readonly announce: (urls: readonly string[]) => void;
  readonly log: Logger;
}

/** @throws {SetupError} where one does not start the first time; the others are stopped. */
export async function runMonoliths({ count, start, announce, log }: MonolithsOptions): Promise<Monoliths> {
  const onChange = () => announce(children().map(urlOf));
  const monoliths = Array.from({ length: count }, (_value, index) => {
    const name = `monolith ${index + 1}`;
    return keepAlive({ name, start: () => start(name), onChange, log });
  });
  const children = () => monoliths.flatMap(({ running }) => running ?? []);
  let stopping = false;
  let restarting = Promise.resolve();

  async function restartAll(): Promise<void> {
    log.info('restarting the monoliths one after the other');
    try {
      for (const monolith of monoliths) await monolith.replace(becomesReady);
      if (!stopping) log.info('every monolith has been restarted');
    } catch (error) {
      log.error({ err: error }, 'the restart is given up: those that ran go on');
    }
  }

  async function stop(): Promise<void> {
    stopping = true;
    await Promise.all(monoliths.map((monolith) => monolith.stop()));
  }

  const started = await Promise.allSettled(monoliths.map((monolith) => monolith.begin()));
  const failure = started.find((result) => result.status === 'rejected');
  if (failure !== undefined) {
    await stop();
    throw failure.reason;
  }
  return {
    get pids() {
      return children().map(({ pid }) => pid);
    },
    restartAll: () => (restarting = restarting.then(restartAll)),
    stop,
  };
}

export const urlOf = ({ port }: Child) => `http://127.0.0.1:${port}`;

async function becomesReady(child: Child): Promise<boolean> {
  const deadline = performance.now() + READY_DEADLINE_MS;
  while (performance.now() < deadline) {
    const answer = await fetch(`${urlOf(child)}/health/ready`).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.ok) return true;
    await sleep(50);
  }
  return false;
}
