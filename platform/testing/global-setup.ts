// Before the first test: one disposable PostgreSQL for the whole run, with a migrated template per owner.
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publishToChildren } from '../config.ts';
import { ensureGenerated } from '../generated.ts';
import { listOwners } from '../paths.ts';
import { findRunningCluster } from '../postgres/cluster.ts';
import { prepareOwner } from '../postgres/prepare-owner.ts';
import { openServer } from '../postgres/server.ts';
import { openSecrets } from '../secrets.ts';
import { setTestServer } from './test-server.ts';

/** The login of every test database; the server listens on loopback and dies with the run. */
const PASSWORD = 'test';

// eslint-disable-next-line no-restricted-syntax -- jest takes the default export
export default async function globalSetup(): Promise<void> {
  ensureGenerated();
  await removeLeftovers();
  const folder = join(tmpdir(), `shop-test-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  const server = await openServer({ folder, secrets: openSecrets(folder), disposable: true });
  const prefix = `shop_test_${process.pid}`;
  const owners = listOwners();
  for (const owner of owners) await prepareOwner(server.adminUrl, prefix, owner, () => PASSWORD);
  publishToChildren({
    SHOP_TEST_ADMIN_URL: server.adminUrl,
    SHOP_TEST_PREFIX: prefix,
    SHOP_TEST_PASSWORD: PASSWORD,
    // The processes that tests start load the same modules each time: compiled once, they are there in half the time.
    NODE_COMPILE_CACHE: join(folder, 'compile-cache'),
  });
  setTestServer({ server, folder, prefix, owners });
}

/** What a run that was killed has left: its server still runs, and its folder still stands. */
async function removeLeftovers(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    const pid = Number(/^shop-test-(\d+)$/.exec(name)?.[1]);
    if (!Number.isInteger(pid) || isAlive(pid)) continue;
    const folder = join(tmpdir(), name);
    const left = await findRunningCluster(folder, openSecrets(folder).postgresPassword).catch(
      () => undefined,
    );
    await left?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
