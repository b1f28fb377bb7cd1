// For tests: what is done to a shop again and again, while others use it.
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '#platform/testing/until.ts';
import type { RunningShop } from './testing.ts';

export interface Trouble {
  /** How often it was done so far. */
  readonly rounds: () => number;
  /** Resolves when it is not done any more. @throws what went wrong; since then nothing was done. */
  stop(): Promise<void>;
}

export interface TroubleOptions {
  /** From the end of one round to the begin of the next; before the first as well. */
  readonly pauseMs: number;
  /** @param isOver whether it is to end: a round that waits looks at it. */
  readonly act: (round: number, isOver: () => boolean) => Promise<void>;
}

export function startTrouble({ pauseMs, act }: TroubleOptions): Trouble {
  const over = new AbortController();
  let rounds = 0;

  async function goOn(): Promise<void> {
    while (!over.signal.aborted) {
      await sleep(pauseMs, undefined, { signal: over.signal }).catch(() => undefined);
      if (over.signal.aborted) return;
      await act(rounds, () => over.signal.aborted);
      rounds += 1;
    }
  }

  const running = goOn();
  // Heard by whoever stops it; not to be taken for nobody's failure until then.
  running.catch(() => undefined);
  return {
    rounds: () => rounds,
    stop() {
      over.abort();
      return running;
    },
  };
}

/** By the shop's log: which process a child is that is started again whenever it dies. */
export function pidOf(shop: RunningShop, name: string, atFirst: number | undefined): number {
  const restarted = [
    ...shop.output().matchAll(new RegExp(`"restarted":\\{"name":"${name}","pid":(\\d+)`, 'g')),
  ];
  return Number(restarted.at(-1)?.[1] ?? atFirst);
}

/** More than a short life, after which the next start would be put off; and not so short that starting is all it does. */
const LIFE_MS = 3_000;

/** Kills a service with SIGKILL, again and again, each time when it has been started again and has lived for a while. */
export function killService(shop: RunningShop, name: string): Trouble {
  const { [name]: atFirst } = shop.pids as unknown as Readonly<Record<string, number | undefined>>;
  const current = () => pidOf(shop, `${name} service`, atFirst);
  return startTrouble({
    pauseMs: LIFE_MS,
    async act() {
      const victim = current();
      process.kill(victim, 'SIGKILL');
      await until(() => current() !== victim);
    },
  });
}
