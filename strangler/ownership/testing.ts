// Two databases with the same schema for a test, as a monolith and a service have them, and what tells them apart.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, escapeIdentifier, type QueryResultRow } from 'pg';
import { z } from 'zod';
import { readConfig, setting } from '#platform/config.ts';
import { databaseUrl, withClient } from '#platform/postgres/owners.ts';
import type { Replica, Side } from './replica.ts';

const { runServerUrl } = readConfig({ runServerUrl: setting('SHOP_TEST_ADMIN_URL', z.string().optional()) });
const fixture = readFileSync(join(import.meta.dirname, 'testing-schema.sql'), 'utf8');

export const SCHEMA = 'catalog';

export interface Pair extends Replica {
  /** Runs SQL as an administrator. */
  readonly sql: <Row extends QueryResultRow = Record<string, unknown>>(
    side: Side,
    text: string,
    values?: unknown[],
  ) => Promise<Row[]>;
  /** Everything that replication has made in both clusters for these databases; empty if nothing. */
  readonly traces: () => Promise<readonly string[]>;
  /** As it was made, for the next test: databases are dear, schemas are not. */
  readonly renew: () => Promise<void>;
  readonly drop: () => Promise<void>;
}

/** @param servers where the databases are made; without them, both on the server of the test run. */
export async function createPair(servers: Partial<Record<Side, string>> = {}): Promise<Pair> {
  const name = `pair_${randomUUID().slice(0, 8)}`;
  const server = (side: Side): string => {
    const url = servers[side] ?? runServerUrl;
    if (url === undefined) throw new Error('there is no test server');
    return url;
  };
  const urls = {
    monolith: databaseUrl(server('monolith'), `${name}_monolith`),
    service: databaseUrl(server('service'), `${name}_service`),
  };
  for (const side of ['monolith', 'service'] as const) {
    await withClient(server(side), (admin) =>
      admin.query(
        `CREATE DATABASE ${name}_${side} TEMPLATE template0 LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C'`,
      ),
    );
    await withClient(urls[side], (admin) => admin.query(fixture));
  }
  const sql: Pair['sql'] = (side, text, values) =>
    withClient<never[]>(urls[side], async (client) => (await client.query<never>(text, values)).rows);

  return {
    capability: 'catalog',
    schema: SCHEMA,
    urls,
    sql,
    async traces() {
      const found = await Promise.all(
        (['monolith', 'service'] as const).map((side) => sql<{ trace: string }>(side, TRACES)),
      );
      return found.flat().map(({ trace }) => trace);
    },
    async renew() {
      await removeStreams(sql);
      for (const side of ['monolith', 'service'] as const) await sql(side, `${CLEAR}; ${fixture}`);
    },
    async drop() {
      await removeStreams(sql);
      for (const side of ['monolith', 'service'] as const)
        await withClient(server(side), (admin) => admin.query(`DROP DATABASE ${name}_${side} WITH (FORCE)`));
    },
  };
}

/** Subscriptions and slots know of each other, and keep a database from being dropped. */
async function removeStreams(sql: Pair['sql']): Promise<void> {
  for (const side of ['monolith', 'service'] as const) {
    for (const { name: subscription } of await sql<{ name: string }>(side, SUBSCRIPTIONS)) {
      for (const change of ['DISABLE', 'SET (slot_name = NONE)'])
        await sql(side, `ALTER SUBSCRIPTION ${escapeIdentifier(subscription)} ${change}`);
      await sql(side, `DROP SUBSCRIPTION ${escapeIdentifier(subscription)}`);
    }
  }
  for (const side of ['monolith', 'service'] as const) {
    await until(async () => {
      await sql(side, RELEASE_SLOTS);
      await sql(side, DROP_SLOTS).catch(() => undefined);
      return (
        (await sql(side, 'SELECT FROM pg_replication_slots WHERE database = current_database()')).length === 0
      );
    });
  }
}

const CLEAR = `
  DROP PUBLICATION IF EXISTS strangler_catalog;
  DROP SCHEMA IF EXISTS catalog, strangler CASCADE;
  DROP FUNCTION IF EXISTS public.hold();
  DO $$ DECLARE locking regprocedure; BEGIN
    FOR locking IN SELECT oid FROM pg_proc WHERE proname ~ '^pg_(try_)?advisory_' LOOP
      EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO PUBLIC', locking);
    END LOOP;
  END $$`;

const SUBSCRIPTIONS = `
  SELECT subname AS name FROM pg_subscription
  WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())`;
const RELEASE_SLOTS = `
  SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots
  WHERE database = current_database() AND active_pid IS NOT NULL`;
const DROP_SLOTS = `
  SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots
  WHERE database = current_database() AND NOT active`;
const TRACES = `
  SELECT 'slot ' || slot_name AS trace FROM pg_replication_slots WHERE database = current_database()
  UNION ALL SELECT 'subscription ' || name FROM (${SUBSCRIPTIONS}) AS subscription
  UNION ALL SELECT 'publication ' || pubname FROM pg_publication
  UNION ALL SELECT 'trigger ' || tgname FROM pg_trigger WHERE tgname LIKE 'strangler%'
  UNION ALL SELECT 'table ' || oid::regclass FROM pg_class WHERE relkind = 'r' AND relname IN ('ownership', 'heartbeat')
  UNION ALL SELECT 'schema ' || nspname FROM pg_namespace WHERE nspname = 'strangler'
  -- Origins are named after the oids of subscriptions; those of none are left over.
  UNION ALL SELECT 'origin ' || roname FROM pg_replication_origin
    WHERE roname ~ '^pg_' AND NOT EXISTS (
      SELECT FROM pg_subscription WHERE split_part(roname, '_', 2) = oid::text)`;

/** The capability's own tables. */
export const TABLES = [
  'categories',
  'products',
  'prices',
  'stock_by_region',
  'notes',
  'never_filled',
] as const;

/** Every row of every table, as text. */
export async function rowsOf(pair: Pair, side: Side): Promise<Record<string, readonly string[]>> {
  return withClient(pair.urls[side], async (client) => {
    const rows: Record<string, readonly string[]> = {};
    for (const table of TABLES) {
      const found = await client.query<{ row: string }>(
        `SELECT t::text AS row FROM ${SCHEMA}.${table} AS t ORDER BY 1`,
      );
      rows[table] = found.rows.map(({ row }) => row);
    }
    return rows;
  });
}

/** Waits until the service has everything that the monolith had committed by now. */
export async function caughtUp(pair: Pair): Promise<void> {
  const [row] = await pair.sql<{ beat: number }>(
    'monolith',
    `UPDATE ${SCHEMA}.heartbeat SET beat = beat + 1 WHERE side = 'monolith' RETURNING beat::float8`,
  );
  await withClient(pair.urls.service, (service) =>
    until(async () => {
      const { rows } = await service.query<{ beat: number }>(
        `SELECT beat::float8 FROM ${SCHEMA}.heartbeat WHERE side = 'monolith'`,
      );
      return (rows[0]?.beat ?? -1) >= (row?.beat ?? 0);
    }),
  );
}

/** Waits for something to become true, at most 30 seconds. */
export async function until(isTrue: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new Error(`it did not come true: ${isTrue.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Fills the monolith's tables. @param products with so many of the rest. */
export async function fill(pair: Pair, products: number): Promise<void> {
  await withClient(pair.urls.monolith, async (monolith) => {
    await monolith.query(FILL, [products]);
    await monolith.query(FILL_PRICES, [products]);
    await monolith.query(FILL_THE_REST);
  });
}

const FILL = `
  WITH category AS (
    INSERT INTO catalog.categories SELECT 'c' || i, 'Category ' || i FROM generate_series(1, 10) AS i RETURNING slug
  ), numbered AS (SELECT slug, row_number() OVER () AS n FROM category)
  INSERT INTO catalog.products (id, name, description, category_slug, price, attributes, archived_at)
  SELECT gen_random_uuid(), 'Kettle ' || i, repeat('Boils water. ', i % 30), slug, i / 7.0,
         CASE i % 3 WHEN 0 THEN NULL ELSE jsonb_build_object('n', i, 'tags', ARRAY['a', 'ü', NULL]) END,
         CASE i % 5 WHEN 0 THEN timestamptz '2026-01-01' + i * interval '1.000001 second' END
  FROM generate_series(1, $1::int) AS i JOIN numbered ON n = 1 + i % 10`;
const FILL_THE_REST = `
  INSERT INTO catalog.notes SELECT i, repeat(md5(i::text), 200) FROM generate_series(1, 20) AS i;
  INSERT INTO catalog.stock_by_region
  SELECT CASE i % 2 WHEN 0 THEN 'eu' ELSE 'us' END, i, i FROM generate_series(1, 50) AS i`;
const FILL_PRICES = `
  INSERT INTO catalog.prices SELECT id, 'EUR', timestamptz '2026-01-01 00:00:00.123456+00' + n * interval '1 second', n * 1.0001
  FROM (SELECT id, row_number() OVER () AS n FROM catalog.products LIMIT $1::int / 2) AS product`;

/** Changes what only replication may, under an origin, so that the change stays where it was made. */
export async function asReplication(pair: Pick<Pair, 'sql'>, side: Side, change: string): Promise<void> {
  const origin = `test_${randomUUID().slice(0, 8)}`;
  await pair.sql(side, `SELECT pg_replication_origin_create('${origin}')`);
  await pair.sql(
    side,
    `SET session_replication_role = replica; SELECT pg_replication_origin_session_setup('${origin}'); ${change};
     SELECT pg_replication_origin_session_reset()`,
  );
  await pair.sql(side, `SELECT pg_replication_origin_drop('${origin}')`);
}

/** The monolith gives its right to the service: by the two steps that its guard allows. */
export async function giveToService(pair: Pick<Pair, 'sql'>): Promise<void> {
  for (const step of [
    `attempt = attempt + 1, state = 'DRAINING', target = 'service'`,
    `epoch = epoch + 1, owner = 'service', state = 'ACTIVE', target = NULL`,
  ])
    await pair.sql('monolith', `UPDATE catalog.ownership SET ${step}`);
}

export interface Hold {
  readonly release: () => Promise<void>;
}

/** Keeps the copy of one table from getting on, in the middle of its rows, until it is released. */
export async function holdCopies(pair: Pair): Promise<Hold> {
  await pair.sql('service', HOLD);
  const holder = new Client({ connectionString: pair.urls.service });
  holder.on('error', () => undefined);
  await holder.connect();
  await holder.query('SELECT pg_advisory_lock(4711)');
  return { release: () => holder.end() };
}

const HOLD = `
  CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF NEW.number = 10 THEN PERFORM pg_advisory_xact_lock_shared(4711); END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER hold BEFORE INSERT ON catalog.notes FOR EACH ROW EXECUTE FUNCTION public.hold();
  ALTER TABLE catalog.notes ENABLE REPLICA TRIGGER hold`;
