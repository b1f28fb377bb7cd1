// The two ways to write while ownership moves: straight at the databases, and by the shop's own address.
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool as Connections, type DatabaseError } from 'pg';
import { Pool } from 'undici';
import type { Shutdown } from '#platform/shutdown.ts';

export type Side = 'monolith' | 'service';

export type TargetOrder =
  | {
      readonly kind: 'database';
      readonly urls: Readonly<Record<Side, string>>;
      readonly ids: readonly string[];
    }
  | {
      readonly kind: 'gateway';
      readonly url: string;
      /** Of an administrator. */
      readonly token: string;
      readonly ids: readonly string[];
    };

/** Does one write, whatever becomes of the owner meanwhile. @returns where it was done. @throws what no caller should meet. */
export type Write = (index: number) => Promise<Side>;

const CONNECTIONS = 32;
/** What a caller who was refused waits before it asks again: as the shop's own do. */
const PAUSE_MS = 1;
/** A machine that is too slow for the rate lets them queue here: that is slow, and no failure. */
const DEADLINE_MS = 60_000;

export const openTarget = (order: TargetOrder, shutdown: Shutdown): Write =>
  order.kind === 'database' ? openDatabases(order, shutdown) : openGateway(order, shutdown);

/** As a caller who meets the fence: refused on one side, it turns to the other. */
function openDatabases({ urls, ids }: Extract<TargetOrder, { kind: 'database' }>, shutdown: Shutdown): Write {
  const connections = { monolith: open(urls.monolith), service: open(urls.service) };
  shutdown.onStop('connections', async () => {
    await Promise.all(Object.values(connections).map((pool) => pool.end()));
  });
  let owner: Side = 'monolith';
  return async (index) => {
    const deadline = performance.now() + DEADLINE_MS;
    for (;;) {
      const side = owner;
      try {
        const { rowCount } = await connections[side].query({
          name: 'write',
          text: 'UPDATE catalog.products SET version = version + 1 WHERE id = $1',
          values: [ids[index % ids.length]],
        });
        if (rowCount !== 1) throw new Error('there is no such product');
        return side;
      } catch (error) {
        if ((error as DatabaseError).code !== 'SH001' || performance.now() > deadline) throw error;
        // Whoever else was refused has turned already.
        if (owner === side) owner = side === 'monolith' ? 'service' : 'monolith';
        const seen = JSON.parse((error as DatabaseError).detail ?? '{}') as { state?: string };
        if (seen.state !== 'ACTIVE') await sleep(PAUSE_MS);
      }
    }
  };
}

function open(url: string): Connections {
  const pool = new Connections({ connectionString: url, max: CONNECTIONS });
  pool.on('error', () => undefined);
  return pool;
}

/** As an administrator's browser, which knows nothing of sides, and sends nothing again. */
function openGateway(
  { url, token, ids }: Extract<TargetOrder, { kind: 'gateway' }>,
  shutdown: Shutdown,
): Write {
  const pool = new Pool(url, { connections: CONNECTIONS, headersTimeout: DEADLINE_MS });
  shutdown.onStop('connections', () => pool.destroy());
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return async (index) => {
    // Another price each time, so that each is a write.
    const body = JSON.stringify({ price: { amount: 1_000 + (index % 100_000), currency: 'EUR' } });
    const path = `/products/${ids[index % ids.length]}`;
    const answer = await pool.request({ method: 'PATCH', path, headers, body });
    const text = await answer.body.text();
    if (answer.statusCode !== 200) throw new Error(`${answer.statusCode} ${text.slice(0, 200)}`);
    return answer.headers['x-served-by'] === 'monolith' ? 'monolith' : 'service';
  };
}
