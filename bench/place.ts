// Where the measuring happens: a PostgreSQL of its own in a temporary folder, seeded shops on it, the payment provider.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'pg';
import { seedShop } from '../monolith/seed/seed.ts';
import { startChild, type Child } from '#platform/children.ts';
import { openCluster } from '#platform/postgres/cluster.ts';
import { prepareOwner } from '#platform/postgres/prepare-owner.ts';
import type { Shutdown } from '#platform/shutdown.ts';
import { createLoadClient, type LoadClient } from './load-client.ts';

export interface Place {
  readonly client: LoadClient;
  /** As an administrator. */
  readonly postgresUrl: string;
  /** Of PostgreSQL, with whose processes' CPU time the figures are read. */
  readonly postmaster: number;
  /** Makes a database with so many products. @param name of its own. */
  addShop(name: string, products: number): Promise<SeededShop>;
  /** Starts a program of the project on such a database, with the settings that all of them share. */
  start(script: string, shop: SeededShop, settings?: Readonly<Record<string, string>>): Promise<Child>;
}

export interface SeededShop {
  readonly appUrl: string;
  /** As an administrator. */
  readonly pool: Pool;
}

export interface PlaceOptions {
  readonly shutdown: Shutdown;
  /** Without fsync: for tests, and where no write is measured. */
  readonly disposable: boolean;
}

const PASSWORD = randomBytes(16).toString('base64url');
/** Signs the tokens of the buyers. */
export const JWT_SECRET = randomBytes(32).toString('base64url');
/** So that nothing but an error is printed between the figures; neither level logs requests that went well. */
const LOG_LEVEL = 'error';

export async function openPlace({ shutdown, disposable }: PlaceOptions): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'shop-bench-'));
  shutdown.onStop('folder', () => rmSync(folder, { recursive: true, force: true }));
  const cluster = await openCluster({ folder, port: 0, password: PASSWORD, disposable });
  shutdown.onStop('PostgreSQL', () => cluster.stop());

  async function startHelper(name: string, script: string, settings: Record<string, string>): Promise<Child> {
    const child = await startChild(name, script, { SHOP_LOG_LEVEL: LOG_LEVEL, ...settings });
    shutdown.onStop(name, () => child.stop());
    return child;
  }
  const [provider, client] = await Promise.all([
    startHelper('payment provider', 'outside/payment-provider/main.ts', {
      PAYMENT_PROVIDER_PORT: '0',
      PAYMENT_PROVIDER_LEDGER: join(folder, 'ledger.jsonl'),
    }),
    startHelper('load client', 'bench/client/main.ts', {}),
  ]);

  return {
    client: createLoadClient(client),
    postgresUrl: cluster.url,
    postmaster: Number(readFileSync(join(folder, 'postgres/postmaster.pid'), 'utf8').split('\n')[0]),

    async addShop(name, products) {
      const { adminUrl, appUrl, ownerRole } = await prepareOwner(
        cluster.url,
        name,
        'monolith',
        () => PASSWORD,
      );
      await seedShop({ databaseUrl: adminUrl, ownerRole, products, customers: 1 });
      const pool = new Pool({ connectionString: adminUrl, max: 2 });
      pool.on('error', () => undefined);
      shutdown.onStop(`connections to ${name}`, () => pool.end());
      return { appUrl, pool };
    },

    async start(script, shop, settings = {}) {
      const child = await startChild(script, script, {
        MONOLITH_PORT: '0',
        MONOLITH_DATABASE_URL: shop.appUrl,
        PAYMENT_PROVIDER_URL: `http://127.0.0.1:${provider.port}`,
        SHOP_JWT_SECRET: JWT_SECRET,
        SHOP_LOG_LEVEL: LOG_LEVEL,
        SHOP_DRAIN_MS: '0',
        ...settings,
      });
      shutdown.onStop(script, () => child.stop());
      return child;
    },
  };
}
