// Looks every few milliseconds at the locks of one database: which tables somebody had for himself, and who waited.
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';

export interface LockReport {
  /**
   * The longest that a lock which keeps others from reading or writing a table was seen, in milliseconds; and what it
   * may have been at most, from the look before it was there to the look after it was gone.
   */
  readonly longestHeldMs: number;
  readonly longestHeldAtMostMs: number;
  /** The longest that the app role was seen waiting for a table, in milliseconds. */
  readonly longestWaitMs: number;
  /** Tables that were locked so, in the order in which that was first seen. */
  readonly tables: readonly string[];
  readonly samples: number;
}

const PAUSE_MS = 3;

interface Held {
  readonly relation: string;
  readonly notBefore: number;
  readonly from: number;
  readonly to: number;
  goneBy: number | undefined;
}

interface Row {
  readonly pid: number;
  readonly relation: string;
  readonly granted: boolean;
  readonly login: string;
  readonly begun: string;
  readonly waited: number | null;
}

/** Beyond what reading and writing take, and what vacuuming does: such a lock keeps writers, or everybody, out. */
const LOCKS = {
  name: 'locks',
  text: `
    SELECT l.pid, format('%s.%s', n.nspname, c.relname) AS relation, l.granted, a.usename AS login,
           a.xact_start::text AS begun,
           extract(epoch FROM clock_timestamp() - l.waitstart)::float * 1000 AS waited
    FROM pg_locks l
    JOIN pg_stat_activity a USING (pid)
    JOIN pg_class c ON c.oid = l.relation AND c.relkind IN ('r', 'v')
    JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname !~ '^pg_'
    WHERE l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND (NOT l.granted OR l.mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock'))`,
};

/** @param appRole whose waiting counts. @returns what ends the watch. */
export async function watchLocks(adminUrl: string, appRole: string): Promise<() => Promise<LockReport>> {
  const client = new Client({ connectionString: adminUrl });
  client.on('error', () => undefined);
  await client.connect();
  const held = new Map<string, Held>();
  let [longestWaitMs, samples, watching, looked] = [0, 0, true, performance.now()];

  async function look(): Promise<void> {
    while (watching) {
      const { rows } = await client.query<Row>(LOCKS);
      const [before, now] = [looked, performance.now()];
      looked = now;
      samples += 1;
      for (const lock of held.values()) lock.goneBy ??= now;
      for (const { pid, relation, granted, login, begun, waited } of rows) {
        if (!granted && login === appRole) longestWaitMs = Math.max(longestWaitMs, waited ?? 0);
        if (!granted || login === appRole) continue;
        const key = `${pid} ${relation} ${begun}`;
        const { notBefore = before, from = now } = held.get(key) ?? {};
        held.set(key, { relation, notBefore, from, to: now, goneBy: undefined });
      }
      await sleep(PAUSE_MS);
    }
  }
  const looking = look();
  return async () => {
    watching = false;
    await looking;
    await client.end();
    return {
      longestHeldMs: Math.max(0, ...[...held.values()].map(({ from, to }) => to - from)),
      longestHeldAtMostMs: Math.max(
        0,
        ...[...held.values()].map(({ notBefore, goneBy = looked }) => goneBy - notBefore),
      ),
      longestWaitMs,
      tables: [...new Set([...held.values()].map(({ relation }) => relation))],
      samples,
    };
  };
}
