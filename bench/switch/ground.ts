// Where switches are measured at the database: two databases on one PostgreSQL, the catalog replicated, writers beside.
import type { Shutdown } from '#platform/shutdown.ts';
import { replicate } from '../../strangler/ownership/replicate.ts';
import { openGround } from '../replication/ground.ts';
import type { SwitchBenchGround } from './bench-switch.ts';

/** @param disposable without fsync; for tests. */
export async function openDatabases(
  shutdown: Shutdown,
  products: number,
  disposable: boolean,
): Promise<SwitchBenchGround> {
  const ground = await openGround(shutdown, products, disposable);
  const { capability, schema, urls, pools, ids } = ground;
  await replicate(ground);
  return {
    replica: { capability, schema, urls },
    target: { kind: 'database', urls, ids },
    async countWrites(side) {
      const { rows } = await pools[side].query<{ writes: string }>(
        'SELECT sum(version) AS writes FROM catalog.products',
      );
      return Number(rows[0]?.writes);
    },
  };
}
