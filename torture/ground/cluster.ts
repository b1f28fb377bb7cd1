// One side's PostgreSQL: a cluster of its own, which can be killed, stopped and started again, process by process.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openCluster, type Cluster } from '#platform/postgres/cluster.ts';

export interface OwnCluster {
  readonly port: number;
  /** Of the superuser, to the database `postgres`. */
  readonly url: string;
  /** Undefined where it does not run. */
  readonly postmaster: () => number | undefined;
  /** The processes that the postmaster has started. */
  readonly children: () => readonly number[];
  /** Starts it where it does not run. */
  readonly start: () => Promise<void>;
  /** A fast shutdown. */
  readonly stop: () => Promise<void>;
  /** What it has logged since it was made. */
  readonly log: () => string;
}

/**
 * Nothing here survives a crash of the machine (no fsync); all that is written survives the death of any process, as
 * with fsync. So commits are as durable as a SIGKILL can ask for, and the disk is left to others.
 */
const SETTINGS = { synchronous_commit: 'on', full_page_writes: 'on', log_checkpoints: 'off' };

/** @param folder of its data, made where it is missing. */
export async function openOwnCluster(folder: string): Promise<OwnCluster> {
  const open = (port: number): Promise<Cluster> =>
    openCluster({ folder, port, password: 'pw', disposable: true, settings: SETTINGS });
  let cluster = await open(0);
  const { port, url } = cluster;

  const postmaster = (): number | undefined => {
    try {
      const pid = Number(readFileSync(join(folder, 'postgres/postmaster.pid'), 'utf8').split('\n')[0]);
      process.kill(pid, 0);
      return pid;
    } catch {
      return undefined;
    }
  };
  return {
    port,
    url,
    postmaster,
    children: () => childrenOf(postmaster()),
    async start() {
      cluster = await open(port);
    },
    stop: () => cluster.stop(),
    log: () => readFileSync(join(folder, 'postgres.log'), 'utf8'),
  };
}

function childrenOf(parent: number | undefined): readonly number[] {
  if (parent === undefined) return [];
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).split('\n');
  const pairs = lines.map((line) => line.trim().split(/\s+/).map(Number));
  return pairs.flatMap(([pid, of]) => (pid !== undefined && of === parent ? [pid] : []));
}
