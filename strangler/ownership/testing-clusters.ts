// PostgreSQL clusters of a test's own, for what cannot be done to the one that all tests share: to kill it, for example.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCluster, type Cluster } from '#platform/postgres/cluster.ts';

export interface OwnCluster {
  readonly url: () => string;
  /** SIGKILL of the postmaster; the backends notice by themselves. */
  readonly kill: () => void;
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** A PostgreSQL of a test's own, that it may kill. Commits are durable, unlike those of the run's server. */
export async function openOwnCluster(
  settings: Readonly<Record<string, string | number>> = {},
): Promise<OwnCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'shop-replication-'));
  let port = 0;
  let cluster: Cluster;
  const start = async () => {
    cluster = await openCluster({
      folder,
      port,
      password: 'pw',
      disposable: true,
      settings: { synchronous_commit: 'on', full_page_writes: 'on', ...settings },
    });
    port = cluster.port;
  };
  await start();
  return {
    url: () => cluster.url,
    start,
    kill() {
      process.kill(
        Number(readFileSync(join(folder, 'postgres/postmaster.pid'), 'utf8').split('\n')[0]),
        'SIGKILL',
      );
    },
    async stop() {
      await cluster.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
