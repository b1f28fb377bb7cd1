import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, openCluster, type Cluster } from './cluster.ts';
import { explainFailure } from './explain-failure.ts';
import { withClient } from './owners.ts';

let folder: string;
let cluster: Cluster | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shop-cluster-'));
});
afterEach(async () => {
  await cluster?.stop();
  cluster = undefined;
  rmSync(folder, { recursive: true, force: true });
});

const open = (port = 0) => openCluster({ folder, port, password: 'pw', disposable: true });
const postmaster = () => Number(readFileSync(join(folder, 'postgres/postmaster.pid'), 'utf8').split('\n')[0]);

test('a server that was left running is found again, and a stopped one keeps its data', async () => {
  cluster = await open();
  expect(cluster.started).toBe(true);
  await withClient(cluster.url, (admin) => admin.query('CREATE DATABASE kept'));
  const again = await open();
  expect(again).toMatchObject({ started: false, port: cluster.port });
  await again.stop();
  cluster = await open();
  expect(cluster.started).toBe(true);
  const { rowCount } = await withClient(cluster.url, (admin) =>
    admin.query("SELECT FROM pg_database WHERE datname = 'kept'"),
  );
  expect(rowCount).toBe(1);
});

test('after a SIGKILL of the server the next start recovers', async () => {
  cluster = await open();
  process.kill(postmaster(), 'SIGKILL');
  cluster = await open();
  expect(cluster.started).toBe(true);
});

test('a pid file that names a process of somebody else does not keep the server from starting', async () => {
  cluster = await open();
  const file = join(folder, 'postgres/postmaster.pid');
  const stale = readFileSync(file, 'utf8').replace(/^\d+/, String(process.pid));
  await cluster.stop();
  writeFileSync(file, stale);
  cluster = await open();
  expect(cluster.started).toBe(true);
});

test('two that start an empty folder at once end up with one server', async () => {
  const both = await Promise.all([open(), open()]);
  cluster = both[0];
  expect(both[0].port).toBe(both[1].port);
  expect(both.map(({ started }) => started).toSorted()).toEqual([false, true]);
});

test('an interrupted creation leaves nothing that the next one stumbles over', async () => {
  mkdirSync(join(folder, 'postgres.4711.new/base'), { recursive: true });
  cluster = await open();
  expect(existsSync(join(folder, 'postgres/PG_VERSION'))).toBe(true);
});

test('data of another version is left alone, and the remedy named', async () => {
  mkdirSync(join(folder, 'postgres'));
  writeFileSync(join(folder, 'postgres/PG_VERSION'), '15\n');
  await expect(open()).rejects.toThrow(
    /made by PostgreSQL 15, this is 18: move the folder away, or npm run reset/,
  );
});

test('a port that is taken is named, with the remedy', async () => {
  const port = await freePort();
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(port, '127.0.0.1', resolve));
  try {
    await expect(open(port)).rejects.toThrow(
      new RegExp(`^port ${port} \\(PostgreSQL\\) is taken: .*SHOP_PORT_OFFSET`),
    );
  } finally {
    holder.close();
  }
});

const mount = (...words: string[]) => execFileSync('mount', ['-t', 'tmpfs', ...words], { stdio: 'pipe' });
const unmount = (path: string) => execFileSync('umount', [path], { stdio: 'pipe' });

/** Mounting needs root; what the messages are made of is tested below without it. */
function mayMount(): boolean {
  const probe = mkdtempSync(join(tmpdir(), 'shop-mount-'));
  try {
    mount('tmpfs', probe);
    unmount(probe);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(probe, { recursive: true, force: true });
  }
}

if (mayMount()) {
  test.each([
    ['full', 'size=4m', /^the disk that holds .* is full: make room, or set SHOP_DATA_DIR/],
    ['read-only', 'ro', /lies on a read-only disk: set SHOP_DATA_DIR/],
  ])('on a disk that is %s, the start says so in one line', async (_what, options, line) => {
    mount('-o', options, 'tmpfs', folder);
    try {
      await expect(open()).rejects.toThrow(line);
    } finally {
      unmount(folder);
    }
  });
}

test.each([
  ['FATAL:  could not write lock file "postmaster.pid": No space left on device', /is full/],
  ['initdb: error: could not create directory "x": Read-only file system', /read-only disk/],
  ['could not access directory "/nobody/x": Permission denied', /no permission/],
  ['FATAL:  something nobody has seen yet', /did not start on .*: FATAL: {2}something nobody has seen yet$/],
])('%p becomes one line for a person', (output, line) => {
  const explained = explainFailure(`LOG:  starting\n${output}\n`, { data: '/data', port: 1 });
  expect(explained).toMatch(line);
  expect(explained).not.toContain('\n');
});
