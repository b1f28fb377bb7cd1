// Callers who take turns at a given rate, until they are stopped; and how to wait for those who are under way.
import { setTimeout as sleep } from 'node:timers/promises';

export interface Caller {
  readonly takeTurn: () => Promise<unknown>;
  readonly close: () => Promise<unknown>;
}

export interface Callers {
  /** Resolves when every turn that was under way by now has ended. */
  readonly drained: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export interface TurnsOptions {
  readonly count: number;
  /** Turns a second, of all of them together. */
  readonly rate: number;
}

/** @param open makes one caller; it may ask whether they are stopped, to end a turn of several calls early. */
export function startTurns(
  { count, rate }: TurnsOptions,
  open: (index: number, isStopped: () => boolean) => Caller | Promise<Caller>,
): Callers {
  const interval = (1_000 * count) / rate;
  const underWay = new Set<Promise<unknown>>();
  let stopped = false;

  async function keepCalling(index: number): Promise<void> {
    const caller = await open(index, () => stopped);
    try {
      while (!stopped) {
        const begin = performance.now();
        const turn = caller.takeTurn();
        underWay.add(turn);
        await turn.finally(() => underWay.delete(turn));
        await sleep(Math.max(0, begin + interval - performance.now()));
      }
    } finally {
      await caller.close();
    }
  }

  const running = Promise.all(Array.from({ length: count }, (_, index) => keepCalling(index)));
  return {
    async drained() {
      await Promise.all(underWay);
    },
    async stop() {
      stopped = true;
      await running;
    },
  };
}
