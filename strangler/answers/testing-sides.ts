// Both sides for a test: a seeded monolith, and the service that its catalog was replicated to, each a process of its own.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pino } from 'pino';
import { CatalogServiceService } from '../../generated/protos/shop/catalog/v1/catalog.ts';
import { startChild } from '#platform/children.ts';
import { connectGrpc, type GrpcClient } from '#platform/grpc/client.ts';
import { projectRoot } from '#platform/paths.ts';
import { withClient } from '#platform/postgres/owners.ts';
import { createTestDatabase } from '#platform/testing/test-database.ts';
import { CAPABILITIES } from '../capabilities.ts';
import type { Replica, Side } from '../ownership/replica.ts';
import { replicate } from '../ownership/replicate.ts';
import { stop } from '../ownership/stop.ts';
import type { Pair } from '../ownership/testing.ts';
import { askMonolith, askService, type Ask } from './catalog.ts';

export interface Sides {
  readonly ask: Readonly<Record<Side, Ask>>;
  readonly replica: Replica;
  /** Of the monolith a URL, of the service `host:port`. */
  readonly addresses: Readonly<Record<Side, string>>;
  /** Of the service. */
  readonly client: GrpcClient<typeof CatalogServiceService>;
  readonly sql: Pair['sql'];
  readonly close: () => Promise<void>;
}

const SETTINGS = { SHOP_JWT_SECRET: 'a secret of the tests, long enough', SHOP_LOG_LEVEL: 'error' };

export async function openSides(products: number): Promise<Sides> {
  const [monolith, service] = [await createTestDatabase('monolith'), await createTestDatabase('catalog')];
  await seed(monolith.adminUrl, products);
  const urls = { monolith: monolith.adminUrl, service: service.adminUrl };
  const replica: Replica = { capability: 'catalog', schema: CAPABILITIES['catalog']?.schema ?? '', urls };
  await replicate(replica);

  const [left, right] = await Promise.all([
    startChild('monolith', 'monolith/main.ts', {
      ...SETTINGS,
      MONOLITH_PORT: '0',
      MONOLITH_DATABASE_URL: monolith.url,
      // Nobody buys anything.
      PAYMENT_PROVIDER_URL: 'http://127.0.0.1:1',
    }),
    startChild('catalog', 'extracted/catalog/main.ts', {
      ...SETTINGS,
      CATALOG_PORT: '0',
      CATALOG_METRICS_PORT: '0',
      CATALOG_DATABASE_URL: service.url,
    }),
  ]);
  const client = connectGrpc(CatalogServiceService, {
    addresses: [`127.0.0.1:${right.port}`],
    defaultDeadlineMs: 30_000,
    log: pino({ level: 'silent' }),
  });
  const monolithUrl = `http://127.0.0.1:${left.port}`;
  return {
    ask: { monolith: askMonolith(monolithUrl), service: askService(client) },
    ...{ replica, client },
    addresses: { monolith: monolithUrl, service: `127.0.0.1:${right.port}` },
    sql: (side, text, values) =>
      withClient<never[]>(urls[side], async (admin) => (await admin.query<never>(text, values)).rows),
    async close() {
      client.close();
      await Promise.all([left.stop(), right.stop()]);
      await stop(replica);
      await Promise.all([monolith.drop(), service.drop()]);
    },
  };
}

async function seed(databaseUrl: string, products: number): Promise<void> {
  const script = join(projectRoot, 'monolith/testing/seed-process.ts');
  const child = fork(script, [databaseUrl, String(products)], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error('the seed failed');
}
