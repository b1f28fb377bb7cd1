// Orderly stops: whatever is acquired pushes its release here, and the releases run in reverse order.
import type { Logger } from './logger.ts';

export interface Shutdown {
  /** Registers a release; call it beside the acquisition, so that a stop cannot forget it. */
  onStop(name: string, release: () => Promise<void> | void): void;
  /** Runs every release once, newest first. A release that fails is logged and does not stop the others. */
  stop(): Promise<void>;
}

export function createShutdown(log: Logger): Shutdown {
  const releases: { name: string; release: () => Promise<void> | void }[] = [];
  let stopping: Promise<void> | undefined;

  async function releaseAll(): Promise<void> {
    for (const { name, release } of releases.reverse()) {
      try {
        await release();
      } catch (error) {
        log.error({ err: error }, `${name} did not stop cleanly`);
      }
    }
  }

  return {
    onStop: (name, release) => void releases.push({ name, release }),
    stop: () => (stopping ??= releaseAll()),
  };
}

/**
 * Stops this process in order when it is asked to (SIGINT, SIGTERM), and also when its parent is gone:
 * a child of `npm start` must not outlive it.
 */
export function stopOnSignals(shutdown: Shutdown, log: Logger, deadlineMs: number): void {
  const stop = (reason: string) => {
    log.info(`stopping: ${reason}`);
    const deadline = setTimeout(() => {
      log.error(`did not stop within ${deadlineMs} ms: giving up`);
      process.exit(1);
    }, deadlineMs);
    void shutdown.stop().then(() => {
      clearTimeout(deadline);
      process.exit(0);
    });
  };
  process.once('SIGTERM', () => stop('SIGTERM'));
  process.once('SIGINT', () => stop('SIGINT'));
  process.once('disconnect', () => stop('the parent process is gone'));
}
