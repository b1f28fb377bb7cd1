// Somebody else's session stands in the way: a transaction that does not end, a lock with everybody queued behind it.
import { Client } from 'pg';
import { duringSwitch, type Fault, type Round } from '../fault.ts';

async function inSession(round: Round, statements: readonly string[], atMost: number): Promise<void> {
  const { ground, switches, note, pause } = round;
  const side = switches.owner();
  const client = new Client({ connectionString: ground.direct.urls[side] });
  client.on('error', () => undefined);
  await client.connect();
  try {
    for (const statement of statements) {
      note(`at the ${side}: ${statement}`);
      await client.query(statement);
    }
    await pause(300, atMost);
    await client.query('ROLLBACK');
    note('ROLLBACK');
  } catch (error) {
    // By now the other side may own, and the fence answers.
    note((error as Error).message);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** It has passed the fence, and whoever drains waits for it. */
export const longTransaction: Fault = {
  name: 'long-transaction',
  run: (round) =>
    duringSwitch(round, () =>
      inSession(round, ['BEGIN', 'INSERT INTO torture.keys (key) VALUES (gen_random_uuid())'], 3_000),
    ),
};

/** A reader holds the table, one who wants it for himself waits for the reader, and all others wait for him. */
export const lockQueue: Fault = {
  name: 'lock-queue',
  run: (round) =>
    duringSwitch(round, async () => {
      const { ground, switches, dice } = round;
      const table = `torture.${dice.pick(['keys', 'elements', 'registers', 'accounts'])}`;
      const owner = switches.owner();
      const waiting = new Client({ connectionString: ground.direct.urls[owner] });
      waiting.on('error', () => undefined);
      await waiting.connect();
      try {
        const reading = inSession(round, ['BEGIN', `LOCK TABLE ${table} IN ACCESS SHARE MODE`], 1_500);
        await round.pause(20, 50);
        await waiting.query(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE; ROLLBACK`);
        await reading;
      } finally {
        await waiting.end().catch(() => undefined);
      }
    }),
};
