// Where replication is measured: the monolith's real process and database, and the catalog service's database beside it
// on the same PostgreSQL, with the schema that both have.
import { randomBytes } from 'node:crypto';
import { Pool } from 'pg';
import type { Child } from '#platform/children.ts';
import { databaseUrl, ownerNames } from '#platform/postgres/owners.ts';
import { prepareOwner } from '#platform/postgres/prepare-owner.ts';
import type { Shutdown } from '#platform/shutdown.ts';
import type { Replica, Side } from '../../strangler/ownership/replica.ts';
import { openPlace, type Place } from '../place.ts';

export interface Ground extends Replica {
  readonly place: Place;
  /** As an administrator, to each side's database. */
  readonly pools: Readonly<Record<Side, Pool>>;
  readonly monolith: Child;
  /** Of products, scattered over the table. */
  readonly ids: readonly string[];
}

const PREFIX = 'bench';
const DIFFERENT_IDS = 1_000;

/** @param products rows of the one large table. @param disposable without fsync; for tests. */
export async function openGround(shutdown: Shutdown, products: number, disposable: boolean): Promise<Ground> {
  const place = await openPlace({ shutdown, disposable });
  const shop = await place.addShop(PREFIX, products);
  const password = randomBytes(16).toString('base64url');
  const service = await prepareOwner(place.postgresUrl, PREFIX, 'catalog', () => password);
  const monolith = await place.start('monolith/main.ts', shop);
  const urls = {
    monolith: databaseUrl(place.postgresUrl, ownerNames(PREFIX, 'monolith').database),
    service: service.adminUrl,
  };
  const pools = { monolith: openPool(urls.monolith), service: openPool(urls.service) };
  shutdown.onStop('connections', async () => {
    await Promise.all([pools.monolith.end(), pools.service.end()]);
  });
  const { rows } = await pools.monolith.query<{ id: string }>(
    'SELECT id FROM catalog.products WHERE archived_at IS NULL ORDER BY md5(id::text) LIMIT $1',
    [DIFFERENT_IDS],
  );
  const ids = rows.map(({ id }) => id);
  return { capability: 'catalog', schema: 'catalog', urls, pools, place, monolith, ids };
}

function openPool(url: string): Pool {
  const pool = new Pool({ connectionString: url, max: 16 });
  pool.on('error', () => undefined);
  return pool;
}
