// A real shop on the ground: databases on both clusters, and the processes that customers and administrators meet.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Shutdown } from '#platform/shutdown.ts';
import type { Ground } from '../ground/ground.ts';
import { PREFIX, prepareDatabases, withPort, type ShopDatabases } from './databases.ts';
import { startProcesses, type ProcessesOptions, type ShopProcesses } from './processes.ts';

export interface Shop extends Omit<ShopDatabases, 'urls'> {
  readonly processes: ShopProcesses;
  /** With which tokens are signed. */
  readonly secret: string;
}

export async function openShop(
  ground: Ground,
  shutdown: Shutdown,
  onFallen: ProcessesOptions['onFallen'],
): Promise<Shop> {
  const { clusters, ways } = ground;
  const secret = randomBytes(32).toString('hex');
  const folder = mkdtempSync(join(tmpdir(), 'shop-torture-processes-'));
  shutdown.onStop('folder', () => rmSync(folder, { recursive: true, force: true }));
  const { urls, ...databases } = await prepareDatabases(ground, secret);
  const servers = {
    monolith: withPort(clusters.monolith.url, ways.coordinator.monolith.port),
    service: withPort(clusters.service.url, ways.coordinator.service.port),
  };
  const processes = await startProcesses(
    { urls, servers, prefix: PREFIX, secret, folder, onFallen },
    shutdown,
  );
  return { ...databases, processes, secret };
}
