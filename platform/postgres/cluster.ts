// The embedded PostgreSQL: one cluster in one folder, created, started, found again after a crash, stopped.
import { execFileSync, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { SetupError } from '../setup-error.ts';
import { findBinaries, unprivilegedIdentity, type Binaries, type Identity } from './binaries.ts';
import { createCluster } from './create-cluster.ts';
import { explainFailure } from './explain-failure.ts';

const MAJOR = '18';
const START_DEADLINE_MS = 30_000;

/** For four capabilities replicated both ways; PostgreSQL's defaults allow four workers in all. */
const REPLICATION = {
  wal_level: 'logical',
  max_worker_processes: 32,
  max_logical_replication_workers: 24,
  max_sync_workers_per_subscription: 2,
  max_replication_slots: 40,
  max_wal_senders: 40,
  max_active_replication_origins: 40,
  wal_retrieve_retry_interval: '200ms',
};

export interface ClusterOptions {
  /** Holds `postgres/` (the data) and `postgres.log`. Created if missing. */
  readonly folder: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly password: string;
  /** For data that nobody will miss: no fsync, much faster. Never for a shop that is to survive a crash. */
  readonly disposable?: boolean;
  readonly settings?: Readonly<Record<string, string | number>>;
}

export interface Cluster {
  /** Of the superuser, to the database `postgres`. */
  readonly url: string;
  readonly port: number;
  /** False if it was running already: left by a run that was killed, or in use by another command. */
  readonly started: boolean;
  /** Ends sessions, flushes, stops the server. */
  stop(): Promise<void>;
}

/**
 * Makes the folder's cluster run, whatever state an earlier run left it in.
 * @throws {SetupError} one line with the remedy: a taken port, another version's data, a full or read-only disk.
 */
export async function openCluster(options: ClusterOptions): Promise<Cluster> {
  const data = join(options.folder, 'postgres');
  const log = join(options.folder, 'postgres.log');
  const identity = unprivilegedIdentity();
  const binaries = await findBinaries();

  refuseOtherVersions(data);
  try {
    mkdirSync(options.folder, { recursive: true });
    if (!existsSync(data)) createCluster(binaries, identity, options, data);
  } catch (error) {
    if (error instanceof SetupError) throw error;
    throw new SetupError(explainFailure(String(error), { data, port: options.port }), { cause: error });
  }
  const running = await findRunningCluster(options.folder, options.password);
  if (running) return running;
  return start(binaries, identity, options, data, log);
}

function refuseOtherVersions(data: string): void {
  const file = join(data, 'PG_VERSION');
  if (!existsSync(file)) return;
  const found = readFileSync(file, 'utf8').trim();
  if (found === MAJOR) return;
  throw new SetupError(
    `${data} was made by PostgreSQL ${found}, this is ${MAJOR}: move the folder away, or npm run reset to begin afresh`,
  );
}

/** A server that already runs on this folder, if any; a pid file without its server is removed. */
export async function findRunningCluster(folder: string, password: string): Promise<Cluster | undefined> {
  const data = join(folder, 'postgres');
  const file = join(data, 'postmaster.pid');
  const deadline = Date.now() + START_DEADLINE_MS;
  while (existsSync(file)) {
    const content = readIfThere(file);
    const [pidLine, , , portLine] = content.split('\n');
    const pid = Number(pidLine);
    // Empty while a server is just writing it.
    if (content !== '' && !isPostmasterOf(pid)) {
      if (readIfThere(file) === content) rmSync(file, { force: true });
      continue;
    }
    const port = Number(portLine);
    if (port > 0 && (await accepts(urlOf(port, password)))) {
      return { url: urlOf(port, password), port, started: false, stop: () => stopPostmaster(pid) };
    }
    if (Date.now() > deadline) {
      throw new SetupError(
        `PostgreSQL (process ${pid}) runs on ${data} but does not answer: end it, or remove ${file}`,
      );
    }
    await sleep(50);
  }
  return undefined;
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** After a crash the number may by now belong to anybody: only a program called postgres counts. */
function isPostmasterOf(pid: number): boolean {
  try {
    const command = execFileSync('ps', ['-p', String(pid), '-o', 'comm='], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
    return command.trim().endsWith('postgres');
  } catch {
    return false;
  }
}

async function start(
  binaries: Binaries,
  identity: Identity,
  options: ClusterOptions,
  data: string,
  log: string,
): Promise<Cluster> {
  const port = options.port === 0 ? await freePort() : options.port;
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: 200,
    ...REPLICATION,
    ...(options.disposable ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' } : {}),
    ...options.settings,
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const deadline = Date.now() + START_DEADLINE_MS;

  for (;;) {
    const logEnd = existsSync(log) ? statSync(log).size : 0;
    const output = openSync(log, 'a');
    // A process group of its own: Ctrl-C on the terminal must reach the shop first, and the database last.
    const child = spawn(binaries.postgres, ['-D', data, '-p', String(port), ...flags], {
      ...identity,
      detached: true,
      stdio: ['ignore', output, output],
    });
    closeSync(output);
    child.unref();
    const exited = new Promise<true>((resolve) =>
      child.once('close', () => resolve(true)).once('error', () => resolve(true)),
    );
    const { pid } = child;
    while (pid !== undefined && Date.now() < deadline) {
      const ended = await Promise.race([exited, sleep(25)]);
      if (ended) break;
      if (await accepts(urlOf(port, options.password))) {
        return { url: urlOf(port, options.password), port, started: true, stop: () => stopPostmaster(pid) };
      }
    }
    const said = readFileSync(log, 'utf8').slice(logEnd);
    // The backends of a killed postmaster need a moment to notice.
    if (/pre-existing shared memory block/.test(said) && Date.now() < deadline) {
      await sleep(200);
      continue;
    }
    // Somebody else starts it at the same time.
    if (/lock file "postmaster.pid" (already exists|is empty)/.test(said) && Date.now() < deadline) {
      const running = await findRunningCluster(options.folder, options.password);
      if (running) return running;
      continue;
    }
    throw new SetupError(explainFailure(said, { data, port }));
  }
}

function urlOf(port: number, password: string): string {
  return `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`;
}

async function accepts(connectionString: string): Promise<boolean> {
  const client = new Client({ connectionString, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** SIGINT is PostgreSQL's fast shutdown: sessions end, everything is flushed. */
async function stopPostmaster(pid: number): Promise<void> {
  const deadline = Date.now() + START_DEADLINE_MS;
  try {
    process.kill(pid, 'SIGINT');
    while (Date.now() < deadline) {
      process.kill(pid, 0);
      await sleep(20);
    }
  } catch {
    return;
  }
  throw new SetupError(`PostgreSQL (process ${pid}) does not stop`);
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
