// The one who receives stops receiving while writes go on: the slot fills, and no switch may be granted over it.
import { withClient } from '#platform/postgres/owners.ts';
import { otherSide, type Direction } from '../../../strangler/ownership/replica.ts';
import { openSide } from '../../../strangler/ownership/side-database.ts';
import { disableSubscription, enableSubscription } from '../../../strangler/ownership/subscriptions.ts';
import type { Fault } from '../fault.ts';

export const receiverStopped: Fault = {
  name: 'receiver-stopped',
  async run({ ground, switches, note, pause, violate }) {
    const from = switches.owner();
    const to = otherSide(from);
    const direction: Direction = { from, to, copies: from === 'monolith' };
    const receiver = await openSide(ground.direct, to);
    try {
      await disableSubscription(ground.direct, receiver, direction);
      note(`the ${to} receives nothing`);
      await pause(300, 2_000);
      const before = switches.owner();
      if ((await switches.tryToggle()) && switches.owner() !== before)
        violate(`the ${to} was given the right to write while it received nothing`);
    } finally {
      await enableSubscription(ground.direct, receiver, direction);
      await receiver.close();
      const kept = await withClient(ground.direct.urls[from], (admin) =>
        admin.query<{ kept: string }>(
          `SELECT pg_size_pretty(sum(pg_current_wal_lsn() - confirmed_flush_lsn)) AS kept FROM pg_replication_slots`,
        ),
      );
      note(`the ${to} receives again; the ${from} has kept ${kept.rows[0]?.kept ?? '?'}`);
    }
  },
};
