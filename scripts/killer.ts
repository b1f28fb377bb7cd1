// For a test: kills one of two monoliths again and again, each in turn, and never both.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import type { RunningShop } from './testing.ts';
import { pidOf, startTrouble, type Trouble } from './trouble.ts';

const PAUSE_MS = 1_000;

export interface Killer extends Trouble {
  /** How often each of the two was killed so far. */
  readonly kills: readonly [number, number];
}

/** @param database of the shop, as an administrator. */
export function startKiller(shop: RunningShop, database: Client): Killer {
  const kills: [number, number] = [0, 0];
  const monoliths = followMonoliths(shop);
  async function tryToKill(index: 0 | 1): Promise<boolean> {
    const [victim, other] = [monoliths(index), monoliths(index === 0 ? 1 : 0)];
    if (victim === undefined || other === undefined) return false;
    if (!(await isReady(other.url)) || !(await isReady(victim.url))) return false;
    if (await providerIsSlow(database)) return false;
    // It stands still wherever it is, until it is known that it may die there.
    process.kill(victim.pid, 'SIGSTOP');
    await commitsUnderWayEnd(database);
    if (await providerIsSlow(database)) {
      process.kill(victim.pid, 'SIGCONT');
      return false;
    }
    process.kill(victim.pid, 'SIGKILL');
    kills[index] += 1;
    return true;
  }

  const trouble = startTrouble({
    pauseMs: PAUSE_MS,
    async act(round, isOver) {
      while (!isOver() && !(await tryToKill(round % 2 === 0 ? 0 : 1))) await sleep(25);
    },
  });
  return { ...trouble, kills };
}

/**
 * Whether a payment is under way whose answer the provider withholds. What the suite says about those is what becomes
 * of them while their process lives: whoever takes one up from the dead asks again, and is told at once.
 */
async function providerIsSlow(database: Client): Promise<boolean> {
  const { rowCount } = await database.query(
    `SELECT FROM orders JOIN payments ON order_id = id
     WHERE orders.status = 'pending' AND token IN ('tok_slow', 'tok_lost') AND placed_at > now() - interval '4 s'`,
  );
  return rowCount !== 0;
}

/** What a process has sent before it stood still may take effect a moment later. */
async function commitsUnderWayEnd(database: Client): Promise<void> {
  const commits = async () => {
    const { rows } = await database.query<{ commit: string }>(
      `SELECT concat(pid, ' ', query_start) AS commit FROM pg_stat_activity
       WHERE datname = current_database() AND state = 'active' AND query ILIKE 'commit%'`,
    );
    return rows.map(({ commit }) => commit);
  };
  const first = await commits();
  let now = first;
  while (now.some((commit) => first.includes(commit))) now = await commits();
}

/** Reads from the shop's log which process each of the monoliths is, and where it listens. */
function followMonoliths(shop: RunningShop) {
  return (index: 0 | 1): { pid: number; url: string } | undefined => {
    const pid = pidOf(shop, `monolith ${index + 1}`, shop.pids.monoliths[index]);
    const url = new RegExp(`"pid":${pid},.*"listening on (http://[^"]+)"`).exec(shop.output())?.[1];
    return url === undefined ? undefined : { pid, url };
  };
}

async function isReady(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(3_000) }).catch(
    () => undefined,
  );
  await answer?.body?.cancel();
  return answer?.ok === true;
}
