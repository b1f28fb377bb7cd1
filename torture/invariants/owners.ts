// Watches who owns, beside everything: that no two sides do at once, and that what a side has seen never goes back.
import { setTimeout as sleep } from 'node:timers/promises';
import { readOwnership, type Ownership } from '../../strangler/ownership/ownership.ts';
import type { Replica, Side } from '../../strangler/ownership/replica.ts';
import { openSide, type SideDatabase } from '../../strangler/ownership/side-database.ts';

export interface OwnersWatch {
  readonly looks: () => number;
  readonly stop: () => Promise<void>;
}

const LOOK_EVERY_MS = 20;
const RECONNECT_MS = 200;

/**
 * Two looks at one side around one at the other: what both of the outer ones show held in between, since epochs and
 * attempts only grow. So what it reports is no matter of timing.
 * @param floor the newest epoch of which a caller has heard.
 */
export function watchOwners(
  replica: Replica,
  floor: () => number,
  violate: (text: string) => void,
): OwnersWatch {
  let [looks, stopping] = [0, false];
  const sessions: Partial<Record<Side, SideDatabase>> = {};
  const seen: Partial<Record<Side, Ownership>> = {};

  async function look(side: Side): Promise<Ownership | undefined> {
    let session = sessions[side];
    if (session === undefined) {
      session = sessions[side] = await openSide(replica, side);
      // What is applied is shown before it is on disk: after a crash a side may show what it showed before.
      delete seen[side];
    }
    const known = floor();
    const row = await readOwnership(replica, session);
    if (row === undefined) return undefined;
    const before = seen[side];
    if (before !== undefined && (row.epoch < before.epoch || row.attempt < before.attempt))
      violate(`the ${side} went back from ${text(before)} to ${text(row)}`);
    if (row.owner === side && row.state === 'ACTIVE' && row.epoch < known)
      violate(`the ${side} owns under epoch ${row.epoch} after epoch ${known} had answered`);
    seen[side] = row;
    return row;
  }

  async function watch(): Promise<void> {
    while (!stopping) {
      try {
        const [first, between, last] = [
          await look('monolith'),
          await look('service'),
          await look('monolith'),
        ];
        looks += 1;
        if (
          owns(first, 'monolith') &&
          owns(last, 'monolith') &&
          first?.epoch === last?.epoch &&
          first?.attempt === last?.attempt &&
          owns(between, 'service')
        )
          violate(`both own at once: ${text(first)} at the monolith, ${text(between)} at the service`);
        await sleep(LOOK_EVERY_MS);
      } catch {
        // Which of the two it was is not worth telling apart.
        await closeAll();
        await sleep(RECONNECT_MS);
      }
    }
    await closeAll();
  }

  async function closeAll(): Promise<void> {
    for (const side of ['monolith', 'service'] as const) {
      const session = sessions[side];
      delete sessions[side];
      await session?.close();
    }
  }

  const running = watch();
  return {
    looks: () => looks,
    async stop() {
      stopping = true;
      await running;
    },
  };
}

const owns = (row: Ownership | undefined, side: Side): boolean =>
  row?.owner === side && row.state === 'ACTIVE';
const text = (row: Ownership | undefined): string =>
  row === undefined ? 'nothing' : `epoch ${row.epoch} attempt ${row.attempt} ${row.owner} ${row.state}`;
