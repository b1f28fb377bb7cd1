// The settlement worker: brings to rest what a lost answer or a crash has left open, again and again until it is.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '#platform/logger.ts';
import type { Orders } from './orders.ts';

const BATCH = 10;

export interface Settlement {
  /** Ends after the batch in hand. */
  stop(): Promise<void>;
}

/** @param intervalMs between two looks, when there was nothing to do. */
export function startSettlement(orders: Orders, intervalMs: number, log: Logger): Settlement {
  const stopping = new AbortController();

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      const taken = await orders.settle(BATCH).catch((error: unknown) => {
        log.error({ err: error }, 'looking for open orders failed; it will be tried again');
        return 0;
      });
      if (taken > 0) log.info(`took up ${taken} open orders`);
      if (taken < BATCH)
        await sleep(intervalMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  const running = run();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
