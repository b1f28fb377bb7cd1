// The first copy by replication, beside the same rows piped by COPY from one database into the other.
import { withClient } from '#platform/postgres/owners.ts';
import { replicate } from '../../strangler/ownership/replicate.ts';
import { stop } from '../../strangler/ownership/stop.ts';
import { copyTable } from './copy-table.ts';
import type { Ground } from './ground.ts';

/** Those that hold rows in a shop where nobody has written yet. */
const TABLES = ['catalog.categories', 'catalog.products'];

/** @returns seconds. */
export async function pipeRows({ urls, pools }: Ground): Promise<number> {
  return withClient(urls.service, async (target) => {
    // Replication looks up no foreign key either.
    await target.query('SET session_replication_role = replica');
    try {
      const begin = performance.now();
      for (const table of TABLES) await copyTable(table, pools.monolith, target);
      return (performance.now() - begin) / 1_000;
    } finally {
      await target.query(`TRUNCATE ${TABLES.join(', ')}`);
    }
  });
}

/** From nothing to replicated both ways, heartbeats included. @returns seconds. */
export async function copyByReplication(ground: Ground): Promise<number> {
  const { seconds } = await replicate(ground);
  await stop(ground, { emptyService: true });
  return seconds;
}
