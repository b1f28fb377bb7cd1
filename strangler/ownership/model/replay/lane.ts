// Two PostgreSQL clusters with a pair of databases and held streams between them, on which one trace after another is
// performed; each begins as its scenario does.
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type QueryResultRow } from 'pg';
import { databaseUrl } from '#platform/postgres/owners.ts';
import { databaseOf, type Replica, type Side } from '../../replica.ts';
import { replicate } from '../../replicate.ts';
import { openSide, type SideDatabase } from '../../side-database.ts';
import { openOwnCluster, type OwnCluster } from '../../testing-clusters.ts';
import { createPair } from '../../testing.ts';
import type { State, Table } from '../state.ts';
import { eventually } from './eventually.ts';
import { startHeldServer, type HeldServer } from './held-server.ts';
import { resetLane, TABLE_NAMES } from './reset-lane.ts';

/**
 * Nothing comes to a disk but by what the trace does: a crash is to cut off what is not there. And nobody waits for
 * workers that are started again.
 */
const SETTINGS = {
  wal_writer_delay: '10s',
  wal_writer_flush_after: '64MB',
  checkpoint_timeout: '1h',
  autovacuum: 'off',
  wal_retrieve_retry_interval: '10ms',
  wal_sender_timeout: 0,
  full_page_writes: 'off',
  shared_buffers: '16MB',
  max_connections: 60,
};

export interface Lane {
  /** Whose connections run through the network that holds them. */
  readonly replica: Replica;
  /** In front of each side's server: holds what the other side is sent. */
  readonly held: Readonly<Record<Side, HeldServer>>;
  /** A session by its name, opened again after a crash. */
  readonly session: (name: string, side: Side) => Promise<Client>;
  /** The same as the coordinator has it. */
  readonly sides: (name: string) => Promise<Readonly<Record<Side, SideDatabase>>>;
  readonly end: (name: string) => Promise<void>;
  readonly sql: <Row extends QueryResultRow>(side: Side, text: string, values?: unknown[]) => Promise<Row[]>;
  /** The oid of a table at the service. */
  readonly oidOf: (table: Table) => number;
  /** As the scenario begins. */
  readonly reset: (start: State) => Promise<void>;
  /** SIGKILL of one backend, by which PostgreSQL throws away its memory and recovers from its log. */
  readonly crash: (side: Side) => Promise<void>;
  readonly close: () => Promise<void>;
}

export async function openLane(): Promise<Lane> {
  const clusters: Record<Side, OwnCluster> = {
    monolith: await openOwnCluster(SETTINGS),
    service: await openOwnCluster(SETTINGS),
  };
  const isEntry = (table: string) => Object.values(TABLE_NAMES).includes(table);
  const held = {
    monolith: await startHeldServer(clusters.monolith.url(), isEntry),
    service: await startHeldServer(clusters.service.url(), isEntry),
  };
  const pair = await createPair({ monolith: held.monolith.url, service: held.service.url });
  const replica: Replica = { capability: pair.capability, schema: pair.schema, urls: pair.urls };
  await replicate(replica);

  const direct: Replica = {
    ...replica,
    urls: {
      monolith: databaseUrl(clusters.monolith.url(), databaseOf(pair.urls.monolith)),
      service: databaseUrl(clusters.service.url(), databaseOf(pair.urls.service)),
    },
  };
  const clients = new Map<string, Client>();
  const databases = new Map<string, SideDatabase>();

  async function session(name: string, side: Side): Promise<Client> {
    const key = `${name} ${side}`;
    let client = clients.get(key);
    if (client === undefined) {
      client = new Client({ connectionString: direct.urls[side] });
      client.on('error', () => undefined);
      await client.connect();
      clients.set(key, client);
    }
    return client;
  }
  async function database(name: string, side: Side): Promise<SideDatabase> {
    const key = `${name} ${side}`;
    let found = databases.get(key);
    if (found === undefined) databases.set(key, (found = await openSide(direct, side)));
    return found;
  }
  const sides = async (name: string) => ({
    monolith: await database(name, 'monolith'),
    service: await database(name, 'service'),
  });
  async function endAll(isEnded: (key: string) => boolean): Promise<void> {
    for (const [key, client] of clients)
      if (isEnded(key)) {
        clients.delete(key);
        await client.end().catch(() => undefined);
      }
    for (const [key, side] of databases)
      if (isEnded(key)) {
        databases.delete(key);
        await side.close();
      }
  }
  const sql: Lane['sql'] = async (side, text, values) =>
    [await (await session('administrator', side)).query<never>(text, values)].flat().at(-1)?.rows ?? [];
  const oids = Object.fromEntries(
    await Promise.all(
      Object.entries(TABLE_NAMES).map(async ([table, name]) => [
        table,
        (await sql<{ oid: number }>('service', `SELECT 'catalog.${name}'::regclass::oid AS oid`))[0]?.oid,
      ]),
    ),
  ) as Record<Table, number>;

  const startedAt = async (side: Side) => (await sql<{ at: string }>(side, STARTED))[0]?.at;

  const lane: Lane = {
    replica,
    held,
    session,
    sides,
    sql,
    oidOf: (table) => oids[table],
    end: (name) => endAll((key) => key.startsWith(`${name} `)),
    async reset(start) {
      await endAll((key) => !key.startsWith('administrator'));
      await resetLane(lane, start);
    },
    async crash(side) {
      const before = await startedAt(side);
      const [row] = await sql<{ pid: number }>(side, 'SELECT pg_backend_pid() AS pid');
      process.kill(row?.pid as number, 'SIGKILL');
      await endAll((key) => key.endsWith(` ${side}`));
      await eventually(`the ${side}'s PostgreSQL has recovered`, async () => {
        try {
          return (await startedAt(side)) !== before;
        } catch {
          await endAll((key) => key.endsWith(` ${side}`));
          await sleep(5);
          return false;
        }
      });
    },
    async close() {
      await endAll(() => true);
      for (const server of Object.values(held)) await server.close();
      for (const cluster of Object.values(clusters)) await cluster.stop();
    },
  };
  return lane;
}

const STARTED = `SELECT backend_start::text AS at FROM pg_stat_activity WHERE backend_type = 'checkpointer'`;
