// The shop's own catalog on both sides: in the monolith over REST, and as a service over gRPC, each on a database of its
// own with the same rows.
import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { prepareOwner } from '#platform/postgres/prepare-owner.ts';
import { withClient } from '#platform/postgres/owners.ts';
import type { Shutdown } from '#platform/shutdown.ts';
import { JWT_SECRET, openPlace } from '../place.ts';
import { processTreeCpuSeconds } from '../process-tree-cpu.ts';
import { copyTable } from '../replication/copy-table.ts';
import type { MeasuredServer } from './pairs.ts';

export interface Catalogs {
  /** Of the monolith's database, as an administrator. */
  readonly pool: Pool;
  /** Products for sale, scattered over the table. */
  readonly ids: readonly string[];
  start(side: 'monolith' | 'catalog'): Promise<MeasuredServer>;
}

export interface CatalogOptions {
  readonly products: number;
  /** Without fsync; for tests. */
  readonly disposable: boolean;
  readonly shutdown: Shutdown;
}

const DIFFERENT_IDS = 1_000;
/** In this order, since the second refers to the first. What replication would bring. */
const TABLES = ['catalog.categories', 'catalog.products'];

export async function openCatalogs({ products, disposable, shutdown }: CatalogOptions): Promise<Catalogs> {
  const place = await openPlace({ shutdown, disposable });
  const shop = await place.addShop('bench', products);
  const password = randomBytes(16).toString('base64url');
  const service = await prepareOwner(place.postgresUrl, 'bench', 'catalog', () => password);
  await withClient(service.adminUrl, async (target) => {
    for (const table of TABLES) await copyTable(table, shop.pool, target);
    await target.query(`VACUUM (ANALYZE) ${TABLES.join(', ')}`);
  });
  const { rows } = await shop.pool.query<{ id: string }>(
    'SELECT id FROM catalog.products WHERE archived_at IS NULL ORDER BY md5(id::text) LIMIT $1',
    [DIFFERENT_IDS],
  );
  return {
    pool: shop.pool,
    ids: rows.map(({ id }) => id),
    async start(side) {
      const child = await place.start(`${side === 'catalog' ? 'extracted/' : ''}${side}/main.ts`, shop, {
        CATALOG_DATABASE_URL: service.appUrl,
        CATALOG_PORT: '0',
        CATALOG_METRICS_PORT: '0',
        SHOP_JWT_SECRET: JWT_SECRET,
      });
      return {
        port: child.port,
        postmaster: place.postmaster,
        // Both by the same means; the service's own figures lie on a port that it does not tell.
        cpuSeconds: async () => processTreeCpuSeconds(child.pid) ?? NaN,
        stop: child.stop,
      };
    },
  };
}
