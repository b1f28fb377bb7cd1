// Watches which capabilities are replicated, and beats the heart of those: so lag is known, and positions are passed on.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '#platform/logger.ts';
import { startHeartbeats, type Heartbeats } from '../ownership/heartbeats.ts';
import { readOwnership } from '../ownership/ownership.ts';
import type { Replica, Side } from '../ownership/replica.ts';
import { openSide, type SideDatabase } from '../ownership/side-database.ts';

/** Replication begins and ends while this runs, by a command of its own. */
const LOOK_EVERY_MS = 1_000;

export interface Heart {
  readonly stop: () => Promise<void>;
}

/** @param onLook is told, again and again, whether a capability is replicated. */
export function startHeart(
  replicas: readonly Replica[],
  onLook: (capability: string, replicated: boolean) => void,
  log: Logger,
): Heart {
  const stopping = new AbortController();

  async function follow(replica: Replica): Promise<void> {
    const { capability } = replica;
    const eyes = { monolith: openEye(replica, 'monolith'), service: openEye(replica, 'service') };
    let heartbeats: Heartbeats | undefined;
    while (!stopping.signal.aborted) {
      const [monolith, service] = await Promise.all([eyes.monolith.look(), eyes.service.look()]);
      const replicated = monolith || service;
      onLook(capability, replicated);
      if (replicated && heartbeats === undefined) {
        heartbeats = startHeartbeats(replica);
        log.info(`${capability} is replicated: its heart is beaten`);
      } else if (!replicated && heartbeats !== undefined) {
        await heartbeats.stop();
        heartbeats = undefined;
        log.info(`${capability} is not replicated any more`);
      }
      await sleep(LOOK_EVERY_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
    await Promise.all([heartbeats?.stop(), eyes.monolith.close(), eyes.service.close()]);
  }

  const running = Promise.all(replicas.map(follow));
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

/** One connection, kept; a side that does not answer is as it was when it last did. */
function openEye(replica: Replica, side: Side) {
  let database: SideDatabase | undefined;
  let seen = false;
  return {
    async look(): Promise<boolean> {
      try {
        database ??= await openSide(replica, side);
        seen = (await readOwnership(replica, database)) !== undefined;
      } catch {
        // The status says what is wrong with it, to whoever asks.
        await database?.close();
        database = undefined;
      }
      return seen;
    },
    close: async () => void (await database?.close()),
  };
}
