// What a run stands on: two clusters, the tables in both, replication between them, and a proxy on every way.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { databaseUrl, loginUrl, withClient } from '#platform/postgres/owners.ts';
import type { Shutdown } from '#platform/shutdown.ts';
import { replicate } from '../../strangler/ownership/replicate.ts';
import type { Replica, Side } from '../../strangler/ownership/replica.ts';
import { openOwnCluster, type OwnCluster } from './cluster.ts';
import { openWay, type Way } from './proxy.ts';

export const SIDES = ['monolith', 'service'] as const;
type PerSide<T> = Readonly<Record<Side, T>>;

export const ACCOUNTS = 32;
export const OPENING_BALANCE = 1_000;
export const REGISTERS = 32;
export const INITIAL_VALUE = 0;

export interface Ground {
  readonly clusters: PerSide<OwnCluster>;
  /** As whoever moves ownership sees the sides: over ways of its own. */
  readonly replica: Replica;
  /** As an administrator beside them sees them, over no way. */
  readonly direct: Replica;
  /** For those who write: rows, and nothing else. */
  readonly writerUrls: PerSide<string>;
  /** By who takes them: writers to a side, the stream from a side, the coordinator to a side. */
  readonly ways: Readonly<Record<'writers' | 'streams' | 'coordinator', PerSide<Way>>>;
}

const WRITER = 'torture_writer';
/** As the shop's own processes have them: see platform/postgres/owners.ts. */
const WRITER_SETTINGS = {
  transaction_timeout: '1900ms',
  idle_in_transaction_session_timeout: '1500ms',
  client_connection_check_interval: '100ms',
};

/** Everything ends with the shutdown, and nothing is left. */
export async function openGround(shutdown: Shutdown): Promise<Ground> {
  const clusters = await perSide(async (side) => {
    const folder = mkdtempSync(join(tmpdir(), `shop-torture-${side}-`));
    shutdown.onStop('folder', () => rmSync(folder, { recursive: true, force: true }));
    const cluster = await openOwnCluster(folder);
    shutdown.onStop(`PostgreSQL of the ${side}`, () => cluster.stop());
    await withClient(cluster.url, async (admin) => {
      await admin.query(`CREATE ROLE ${WRITER} LOGIN PASSWORD 'pw'`);
      for (const [name, value] of Object.entries(WRITER_SETTINGS))
        await admin.query(`ALTER ROLE ${WRITER} SET ${name} = '${value}'`);
      await admin.query(
        `CREATE DATABASE ${databaseOf(side)} TEMPLATE template0 LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C'`,
      );
    });
    await withClient(urlOf(cluster, side), (admin) => admin.query(tables));
    return cluster;
  });
  const openWays = async (): Promise<PerSide<Way>> => {
    const ways = await perSide((side) => openWay(clusters[side].port));
    for (const side of SIDES) shutdown.onStop(`way to the ${side}`, () => ways[side].close());
    return ways;
  };
  const ways = {
    writers: await openWays(),
    streams: await openWays(),
    coordinator: await openWays(),
  };
  const replicaOver = (url: (side: Side) => string): Replica => ({
    capability: 'torture',
    schema: 'torture',
    urls: { monolith: url('monolith'), service: url('service') },
  });
  const over = (kind: keyof typeof ways) =>
    replicaOver((side) => urlOf({ ...clusters[side], port: ways[kind][side].port }, side));

  await withClient(urlOf(clusters.monolith, 'monolith'), (admin) => admin.query(OPENING));
  // Whoever receives finds the sender where replicate does.
  await replicate(over('streams'));
  return {
    clusters,
    ways,
    replica: over('coordinator'),
    direct: replicaOver((side) => urlOf(clusters[side], side)),
    writerUrls: {
      monolith: loginUrl(over('writers').urls.monolith, WRITER, 'pw'),
      service: loginUrl(over('writers').urls.service, WRITER, 'pw'),
    },
  };
}

async function perSide<T>(make: (side: Side) => Promise<T>): Promise<PerSide<T>> {
  const [monolith, service] = await Promise.all([make('monolith'), make('service')]);
  return { monolith, service };
}

const databaseOf = (side: Side) => `torture_${side}`;

function urlOf({ url, port }: Pick<OwnCluster, 'url' | 'port'>, side: Side): string {
  const found = new URL(databaseUrl(url, databaseOf(side)));
  found.port = String(port);
  return found.href;
}

const tables = `${readFileSync(join(import.meta.dirname, 'tables.sql'), 'utf8')}
  GRANT USAGE ON SCHEMA torture, torture_calls TO ${WRITER};
  GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA torture TO ${WRITER};`;

const OPENING = `
  INSERT INTO torture.accounts SELECT n, ${OPENING_BALANCE} FROM generate_series(0, ${ACCOUNTS - 1}) AS n;
  INSERT INTO torture.registers SELECT n, ${INITIAL_VALUE}, 0 FROM generate_series(0, ${REGISTERS - 1}) AS n`;
