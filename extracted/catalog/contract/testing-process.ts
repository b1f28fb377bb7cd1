// The catalog as it is deployed, for the contract suite: its process on a database of its own, and what it has logged.
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { Client } from 'pg';
import { childEnvironment } from '#platform/config.ts';
import { projectRoot } from '#platform/paths.ts';
import { withClient } from '#platform/postgres/owners.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { until } from '#platform/testing/until.ts';

export interface LogLine extends Record<string, unknown> {
  readonly msg: string;
  /** Of a line that ends a call. */
  readonly requestId?: string;
  readonly code?: string;
}

export interface CatalogProcess {
  readonly pid: number;
  /** `host:port`. */
  readonly address: string;
  /** All lines so far, in order. */
  readonly log: () => readonly LogLine[];
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  /** SIGTERM, and its end. */
  readonly stop: () => Promise<number | NodeJS.Signals>;
}

/** @throws where it ends before it listens, with what it logged. */
export async function startCatalog(
  databaseUrl: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<CatalogProcess> {
  const child = fork(join(projectRoot, 'extracted/catalog/main.ts'), {
    env: childEnvironment({
      CATALOG_PORT: '0',
      CATALOG_METRICS_PORT: '0',
      CATALOG_DATABASE_URL: databaseUrl,
      SHOP_JWT_SECRET: 'a secret of the tests, long enough',
      SHOP_LOG_LEVEL: 'debug',
      SHOP_LOG_FORMAT: 'json',
      SHOP_DRAIN_MS: '0',
      ...settings,
    }),
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text));
  // Not at its exit: what it logged last may not have been read by then.
  const ended = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? signal ?? 0));
  });
  const port = await Promise.race([
    new Promise<number>((resolve) => child.once('message', ({ port }: { port: number }) => resolve(port))),
    ended.then(() => {
      throw new Error(`the catalog did not start: ${output}`);
    }),
  ]);
  return {
    pid: child.pid ?? 0,
    address: `127.0.0.1:${port}`,
    log: () =>
      output
        .slice(0, output.lastIndexOf('\n'))
        .split('\n')
        .map((line) => JSON.parse(line) as LogLine),
    ended,
    stop() {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

/** With the line that it writes when the call ends there, which is later than at its client where that has gone. */
export async function endOfCall({ log }: CatalogProcess, requestId: string): Promise<LogLine> {
  const ends = () => log().find((line) => line.requestId === requestId && line.code !== undefined);
  await until(() => ends() !== undefined);
  return ends() as LogLine;
}

export interface CatalogDatabase extends TestDatabase {
  /** As an administrator. */
  readonly sql: <Row extends object>(text: string, values?: readonly unknown[]) => Promise<readonly Row[]>;
  /** Nothing gets at the table until the work is done. */
  readonly whileLocked: <T>(table: string, work: (locked: Locked) => Promise<T>) => Promise<T>;
  /** Waits until the service has no statement or transaction left here. */
  readonly isQuiet: () => Promise<void>;
  /** Every connection is cut, and new ones are refused, or taken again. */
  readonly answer: (whether: boolean) => Promise<void>;
}

export interface Locked {
  /** Waits until so many statements wait for the table. */
  readonly waiting: (statements: number) => Promise<void>;
}

/** @param categories slugs to begin with. */
export async function createCatalogDatabase(categories: readonly string[]): Promise<CatalogDatabase> {
  const database = await createTestDatabase('catalog');
  const name = new URL(database.url).pathname.slice(1);
  const sql: CatalogDatabase['sql'] = (text, values = []) =>
    withClient(database.adminUrl, async (admin) => (await admin.query(text, [...values])).rows as never);
  for (const slug of categories) await sql('INSERT INTO categories (slug, name) VALUES ($1, $1)', [slug]);
  const outside = (text: string) =>
    withClient(database.adminUrl.replace(name, 'postgres'), (admin) => admin.query(text));

  return {
    ...database,
    sql,
    async whileLocked(table, work) {
      const holder = new Client({ connectionString: database.adminUrl });
      holder.on('error', () => undefined);
      await holder.connect();
      try {
        await holder.query(`BEGIN; LOCK TABLE ${table}`);
        return await work({
          async waiting(statements) {
            const query = `SELECT FROM pg_locks WHERE NOT granted AND relation = '${table}'::regclass`;
            await until(async () => (await holder.query(query)).rowCount === statements);
          },
        });
      } finally {
        await holder.end();
      }
    },
    async isQuiet() {
      const busy = `SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND state <> 'idle'`;
      await until(async () => (await sql(busy)).length === 0);
    },
    async answer(whether) {
      await outside(`ALTER DATABASE ${name} ALLOW_CONNECTIONS ${whether}`);
      if (whether) return;
      await outside(
        `SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '${name}'`,
      );
    },
  };
}
