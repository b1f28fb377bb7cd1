// A superuser writes at the side that does not own: refused by its fence, or, written past that, by the owner's.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { escapeIdentifier, type Client } from 'pg';
import { withClient } from '#platform/postgres/owners.ts';
import { travel } from '../../../strangler/ownership/heartbeats.ts';
import { otherSide, streamName, type Side } from '../../../strangler/ownership/replica.ts';
import { sqlState, withSides } from '../../../strangler/ownership/side-database.ts';
import type { Fault, Round } from '../fault.ts';

const REFUSED_DEADLINE_MS = 20_000;
const STREAM_DEADLINE_MS = 30_000;

interface Deed {
  readonly does: string;
  readonly undo: string;
  /** Whether a database shows it. */
  readonly shows: string;
}

export const rogueWrite: Fault = {
  name: 'rogue-write',
  async run(round) {
    const { ground, switches, note, pause, violate } = round;
    const owner = switches.owner();
    const rogue = otherSide(owner);
    const at = <T>(side: Side, use: (admin: Client) => Promise<T>) =>
      withClient(ground.direct.urls[side], use);
    const deed = await at(rogue, (admin) => chooseDeed(round, admin));
    const shows = (side: Side) =>
      at(side, async (admin) => (await admin.query<{ shows: boolean }>(deed.shows)).rows[0]?.shows === true);

    const refusal = await at(rogue, (admin) =>
      admin.query(deed.does).then(
        () => undefined,
        (error: unknown) => error,
      ),
    );
    if (sqlState(refusal) !== 'SH001')
      violate(`a superuser wrote at the ${rogue}, which does not own: ${deed.does}`);

    const logged = ground.clusters[owner].log().length;
    await at(rogue, (admin) =>
      admin.query(`BEGIN; SET LOCAL session_replication_role = replica; ${deed.does}; COMMIT`),
    );
    note(`past the fence of the ${rogue}: ${deed.does}`);

    const begin = performance.now();
    let lsn: string | undefined;
    while ((lsn = refusedAt(ground.clusters[owner].log().slice(logged))) === undefined) {
      if (await shows(owner)) {
        violate(`what a superuser wrote at the ${rogue} came to the ${owner}, which owns: ${deed.does}`);
        await at(owner, (admin) => admin.query(deed.undo));
        return;
      }
      if (performance.now() - begin > REFUSED_DEADLINE_MS)
        throw new Error('the rogue write was never refused');
      await sleep(50);
    }
    await pause(0, 1_000);
    if ((await switches.tryToggle()) && switches.owner() !== owner)
      violate(`the right to write was granted to the ${rogue} while its stream was stopped`);

    // As the refusal says: undone there, under an origin so that it is not sent, and skipped here.
    await at(rogue, (admin) => undo(admin, deed.undo));
    const subscription = escapeIdentifier(
      streamName(ground.direct, { from: rogue, to: owner, copies: rogue === 'monolith' }),
    );
    await at(owner, (admin) => admin.query(`ALTER SUBSCRIPTION ${subscription} SKIP (lsn = '${lsn}')`));
    await withSides(ground.direct, (sides) => travel(ground.direct, sides, rogue, STREAM_DEADLINE_MS));
    note(`undone at the ${rogue}, skipped at the ${owner} (${lsn})`);
    if (await shows(owner))
      violate(`a rogue write was skipped, and came to the ${owner} all the same: ${deed.does}`);
  },
};

/** On rows that nobody else changes: what is to be undone would else be written over meanwhile. */
async function chooseDeed({ dice }: Round, admin: Client): Promise<Deed> {
  const { rows } = await admin.query<{ id: string; element: string; row: string }>(
    `SELECT id, element, quote_literal(elements::text) AS row FROM torture.elements ORDER BY id LIMIT 1 OFFSET $1`,
    [dice.below(50)],
  );
  const [found] = rows;
  const kind = dice.below(3);
  if (kind === 0 || found === undefined) {
    const key = randomUUID();
    return {
      does: `INSERT INTO torture.keys VALUES ('${key}', '{}')`,
      undo: `DELETE FROM torture.keys WHERE key = '${key}'`,
      shows: `SELECT EXISTS (SELECT FROM torture.keys WHERE key = '${key}') AS shows`,
    };
  }
  const { id, element, row } = found;
  if (kind === 1)
    return {
      does: `UPDATE torture.elements SET element = -1 WHERE id = '${id}'`,
      undo: `UPDATE torture.elements SET element = ${element} WHERE id = '${id}'`,
      shows: `SELECT EXISTS (SELECT FROM torture.elements WHERE id = '${id}' AND element = -1) AS shows`,
    };
  return {
    does: `DELETE FROM torture.elements WHERE id = '${id}'`,
    undo: `INSERT INTO torture.elements SELECT (${row}::torture.elements).*`,
    shows: `SELECT NOT EXISTS (SELECT FROM torture.elements WHERE id = '${id}') AS shows`,
  };
}

async function undo(admin: Client, statement: string): Promise<void> {
  const origin = `torture_${randomUUID().slice(0, 8)}`;
  await admin.query('SELECT pg_replication_origin_create($1)', [origin]);
  await admin.query('SELECT pg_replication_origin_session_setup($1)', [origin]);
  await admin.query(`BEGIN; SET LOCAL session_replication_role = replica; ${statement}; COMMIT`);
  await admin.query('SELECT pg_replication_origin_session_reset()');
  await admin.query('SELECT pg_replication_origin_drop($1)', [origin]);
}

/** Where the refused transaction ends in the sender's log: only the receiver's own log says so. */
function refusedAt(log: string): string | undefined {
  return /ERROR:\s+\w+ of torture\.\w+ is refused[\s\S]*?finished at ([0-9A-F]+\/[0-9A-F]+)/.exec(log)?.[1];
}
