// A child process that is started again whenever it ends by itself, and can be replaced while it runs.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Child } from '#platform/children.ts';
import type { Logger } from '#platform/logger.ts';

/** Whoever lived shorter has a fault that a restart will not cure: the next one waits, each time twice as long. */
const SHORT_LIFE_MS = 1_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

export interface KeptAlive {
  /** Undefined while it is dead. */
  readonly running: Child | undefined;
  /** @throws {SetupError} where it does not start the first time; it is not tried again then. */
  begin(): Promise<void>;
  /**
   * Starts a successor, and stops its predecessor when it is ready. Does one thing after the other: it never starts two.
   * @throws where the successor does not start, or does not become ready: the predecessor goes on then.
   */
  replace(becomesReady: (child: Child) => Promise<boolean>): Promise<void>;
  /** Waits for what is under way; nothing is started from now on. */
  stop(): Promise<void>;
}

export interface KeptAliveOptions {
  readonly name: string;
  /** @throws {SetupError} where it does not start. */
  readonly start: () => Promise<Child>;
  /** Called whenever it has come to life, or has ended. */
  readonly onChange?: () => void;
  readonly log: Logger;
}

export function keepAlive({ name, start, onChange = () => undefined, log }: KeptAliveOptions): KeptAlive {
  let running: Child | undefined;
  let shortLives = 0;
  let stopping = false;
  let turn = Promise.resolve();

  function occupy(child: Child): void {
    const born = performance.now();
    running = child;
    onChange();
    void child.ended.then((how) => {
      if (stopping || running !== child) return;
      running = undefined;
      shortLives = performance.now() - born < SHORT_LIFE_MS ? shortLives + 1 : 0;
      onChange();
      log.warn(`${name} (process ${child.pid}) has ended (${how}): it is started again`);
      turn = turn.then(revive);
    });
  }

  async function revive(): Promise<void> {
    while (running === undefined && !stopping) {
      if (shortLives > 0) {
        const pause = FIRST_PAUSE_MS * 2 ** (shortLives - 1);
        await sleep(Math.min(pause, LONGEST_PAUSE_MS), undefined, { ref: false });
      }
      if (stopping) return;
      try {
        const child = await start();
        occupy(child);
        tell(child);
      } catch (error) {
        shortLives += 1;
        log.error({ err: error }, `${name} could not be started again`);
      }
    }
  }

  /** For whoever follows the log: which process it is now. */
  const tell = ({ pid }: Child) =>
    log.info({ restarted: { name, pid } }, `${name} runs again, as process ${pid}`);

  async function replaceNow(becomesReady: (child: Child) => Promise<boolean>): Promise<void> {
    if (stopping) return;
    const successor = await start();
    if (stopping || !(await becomesReady(successor))) {
      await successor.stop();
      if (stopping) return;
      throw new Error(`the new ${name} did not become ready`);
    }
    const old = running;
    occupy(successor);
    tell(successor);
    await old?.stop();
  }

  return {
    get running() {
      return running;
    },
    begin: async () => occupy(await start()),
    async replace(becomesReady) {
      const replaced = turn.then(() => replaceNow(becomesReady));
      turn = replaced.catch(() => undefined);
      await replaced;
    },
    async stop() {
      stopping = true;
      await turn;
      await running?.stop();
    },
  };
}
