// For the tests of the switch and of who follows it: two sides that can be replicated, and a switch in a process of its own.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { escapeIdentifier } from 'pg';
import { pino } from 'pino';
import { z } from 'zod';
import { SwitchServiceService } from '../../generated/protos/shop/strangler/v1/strangler.ts';
import { startChild, type Child } from '#platform/children.ts';
import { readConfig, setting } from '#platform/config.ts';
import { connectGrpc } from '#platform/grpc/client.ts';
import { projectRoot } from '#platform/paths.ts';
import { databaseUrl, withClient } from '#platform/postgres/owners.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { stop } from '../ownership/stop.ts';
import type { Replica } from '../ownership/replica.ts';
import type { SwitchClient } from './client.ts';
import { findReplica } from './find-replicas.ts';

const { serverUrl } = readConfig({ serverUrl: setting('SHOP_TEST_ADMIN_URL', z.string()) });
const fixture = readFileSync(join(projectRoot, 'strangler/ownership/testing-schema.sql'), 'utf8');

export interface TestSides {
  readonly replica: Replica;
  /** What the names of its databases begin with. */
  readonly prefix: string;
  readonly drop: () => Promise<void>;
}

/** The databases of both sides of the catalog, with tables of the tests, and not replicated. */
export async function createSides(): Promise<TestSides> {
  const prefix = `sides_${randomUUID().slice(0, 8)}`;
  const databases = ['monolith', 'catalog'].map((owner) => `${prefix}_${owner}`);
  for (const database of databases) {
    await withClient(serverUrl, (admin) =>
      admin.query(
        `CREATE DATABASE ${escapeIdentifier(database)} TEMPLATE template0 LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C'`,
      ),
    );
    await withClient(databaseUrl(serverUrl, database), (admin) => admin.query(fixture));
  }
  const replica = findReplica('catalog', serverUrl, prefix);
  return {
    replica,
    prefix,
    async drop() {
      await stop(replica);
      for (const database of databases)
        await withClient(serverUrl, (admin) =>
          admin.query(`DROP DATABASE ${escapeIdentifier(database)} WITH (FORCE)`),
        );
    },
  };
}

export interface SwitchProcess extends Child {
  readonly address: string;
}

/** Its figures are at any port. @param port 0 takes a free one. */
export async function startSwitch(
  { prefix }: Pick<TestSides, 'prefix'>,
  { url }: Pick<TestDatabase, 'url'>,
  port = 0,
): Promise<SwitchProcess> {
  const child = await startChild('switch', 'strangler/switch/main.ts', {
    SWITCH_PORT: String(port),
    SWITCH_METRICS_PORT: '0',
    SWITCH_DATABASE_URL: url,
    SWITCH_SERVER_URL: serverUrl,
    SWITCH_DATABASE_PREFIX: prefix,
    SHOP_LOG_LEVEL: 'error',
    SHOP_DRAIN_MS: '0',
  });
  return { ...child, address: `127.0.0.1:${child.port}` };
}

export const connectSwitch = (address: string): SwitchClient =>
  connectGrpc(SwitchServiceService, {
    addresses: [address],
    defaultDeadlineMs: 20_000,
    log: pino({ level: 'silent' }),
  });

/** Lets nobody connect, and ends whoever is connected. */
export async function closeDatabase({ adminUrl }: TestDatabase): Promise<void> {
  const database = new URL(adminUrl).pathname.slice(1);
  await withClient(serverUrl, async (admin) => {
    await admin.query(`ALTER DATABASE ${escapeIdentifier(database)} ALLOW_CONNECTIONS false`);
    await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [
      database,
    ]);
  });
}

export async function reopenDatabase({ adminUrl }: TestDatabase): Promise<void> {
  const database = new URL(adminUrl).pathname.slice(1);
  await withClient(serverUrl, (admin) =>
    admin.query(`ALTER DATABASE ${escapeIdentifier(database)} ALLOW_CONNECTIONS true`),
  );
}

export const newTestDatabase = (): Promise<TestDatabase> => createTestDatabase('switch');

type Change = Partial<Parameters<SwitchClient['setPlan']>[0]>;

/** A change of the catalog's plan, as a person named ada asks for it. */
export const change = ({ version = 0n, ...reads }: Change) => ({
  capability: 'catalog',
  servicePercent: undefined,
  shadowPercent: undefined,
  who: 'ada',
  verb: 'reads',
  version,
  ...reads,
});
