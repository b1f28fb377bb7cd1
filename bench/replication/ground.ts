// Where replication is measured: one PostgreSQL of its own, two databases with the catalog's tables, and writers.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'pg';
import { openCluster } from '#platform/postgres/cluster.ts';
import { databaseUrl, withClient } from '#platform/postgres/owners.ts';
import type { Shutdown } from '#platform/shutdown.ts';
import type { Replica, Side } from '../../strangler/ownership/replica.ts';

export interface Ground extends Replica {
  readonly pools: Readonly<Record<Side, Pool>>;
}

const schema = readFileSync(join(import.meta.dirname, 'schema.sql'), 'utf8');

/** @param products rows of the one large table. */
export async function openGround(shutdown: Shutdown, products: number, disposable: boolean): Promise<Ground> {
  const folder = mkdtempSync(join(tmpdir(), 'shop-bench-'));
  shutdown.onStop('folder', () => rmSync(folder, { recursive: true, force: true }));
  const password = randomBytes(16).toString('base64url');
  const cluster = await openCluster({ folder, port: 0, password, disposable });
  shutdown.onStop('PostgreSQL', () => cluster.stop());
  const urls = {
    monolith: databaseUrl(cluster.url, 'bench_monolith'),
    service: databaseUrl(cluster.url, 'bench_service'),
  };
  for (const url of Object.values(urls)) {
    await withClient(cluster.url, (admin) =>
      admin.query(`CREATE DATABASE ${new URL(url).pathname.slice(1)}`),
    );
    await withClient(url, (admin) => admin.query(schema));
  }
  await withClient(urls.monolith, async (admin) => {
    await admin.query(FILL, [products]);
    await admin.query('ANALYZE');
  });
  const pool = (url: string) => {
    const made = new Pool({ connectionString: url, max: 16 });
    made.on('error', () => undefined);
    return made;
  };
  const pools = { monolith: pool(urls.monolith), service: pool(urls.service) };
  shutdown.onStop('connections', async () => {
    await Promise.all([pools.monolith.end(), pools.service.end()]);
  });
  return { capability: 'catalog', schema: 'catalog', urls, pools };
}

const FILL = `
  INSERT INTO catalog.products (id, number, name, description, price)
  SELECT gen_random_uuid(), i, 'Kettle ' || i, repeat('Boils water, and tells when. ', 5), i % 10000
  FROM generate_series(1, $1::int) AS i`;
