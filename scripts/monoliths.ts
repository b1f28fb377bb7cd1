// Several monoliths side by side: one that dies is started again, and all can be replaced one after the other.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Child } from '#platform/children.ts';
import type { Logger } from '#platform/logger.ts';

/** Whoever lived shorter has a fault that a restart will not cure: the next one waits, each time twice as long. */
const SHORT_LIFE_MS = 1_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
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
  const slots = Array.from({ length: count }, (_value, index) => createSlot(`monolith ${index + 1}`));
  let stopping = false;
  let restarting = Promise.resolve();

  const children = () => slots.flatMap(({ running }) => running ?? []);
  const publish = () => announce(children().map(urlOf));

  function createSlot(name: string) {
    return { name, running: undefined as Child | undefined, shortLives: 0, turn: Promise.resolve() };
  }
  type Slot = ReturnType<typeof createSlot>;

  /** A slot does one thing after the other: it never starts two. */
  const inTurn = (slot: Slot, act: () => Promise<void>) => (slot.turn = slot.turn.then(act));

  function occupy(slot: Slot, child: Child): void {
    const born = performance.now();
    slot.running = child;
    publish();
    void child.ended.then((how) => {
      if (stopping || slot.running !== child) return;
      slot.running = undefined;
      slot.shortLives = performance.now() - born < SHORT_LIFE_MS ? slot.shortLives + 1 : 0;
      publish();
      log.warn(`${slot.name} (process ${child.pid}) has ended (${how}): it is started again`);
      void inTurn(slot, () => revive(slot));
    });
  }

  async function revive(slot: Slot): Promise<void> {
    while (slot.running === undefined && !stopping) {
      if (slot.shortLives > 0) {
        const pause = FIRST_PAUSE_MS * 2 ** (slot.shortLives - 1);
        await sleep(Math.min(pause, LONGEST_PAUSE_MS), undefined, { ref: false });
      }
      if (stopping) return;
      try {
        const child = await start(slot.name);
        occupy(slot, child);
        tell(slot, child);
      } catch (error) {
        slot.shortLives += 1;
        log.error({ err: error }, `${slot.name} could not be started again`);
      }
    }
  }

  /** For whoever follows the log: which process it is now. */
  const tell = ({ name }: Slot, { pid }: Child) =>
    log.info({ restarted: { name, pid } }, `${name} runs again, as process ${pid}`);

  async function replace(slot: Slot): Promise<void> {
    if (stopping) return;
    const successor = await start(slot.name);
    if (stopping || !(await becomesReady(successor))) {
      await successor.stop();
      if (stopping) return;
      throw new Error(`the new ${slot.name} did not become ready`);
    }
    const old = slot.running;
    occupy(slot, successor);
    tell(slot, successor);
    await old?.stop();
  }

  async function restartAll(): Promise<void> {
    log.info('restarting the monoliths one after the other');
    try {
      for (const slot of slots) {
        const replaced = slot.turn.then(() => replace(slot));
        slot.turn = replaced.catch(() => undefined);
        await replaced;
      }
      if (!stopping) log.info('every monolith has been restarted');
    } catch (error) {
      log.error({ err: error }, 'the restart is given up: those that ran go on');
    }
  }

  async function stop(): Promise<void> {
    stopping = true;
    await Promise.all(slots.map(({ turn }) => turn));
    await Promise.all(children().map((child) => child.stop()));
  }

  const started = await Promise.allSettled(slots.map(async (slot) => occupy(slot, await start(slot.name))));
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
