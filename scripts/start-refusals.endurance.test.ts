import { createServer } from 'node:net';
import { z } from 'zod';
import { readConfig, setting } from '#platform/config.ts';
import { listOwners } from '#platform/paths.ts';
import { databaseUrl, withClient } from '#platform/postgres/owners.ts';
import { openSecrets } from '#platform/secrets.ts';
import { run, startShop, shopsOfEachTest, type Place } from './testing.ts';

const { place, start, stopAfterwards } = shopsOfEachTest();

test.each([
  [3000, 'monolith'],
  [54321, 'PostgreSQL'],
])('when port %i is taken, the start names it in one line and leaves nothing running', async (port, name) =>
  refusesTakenPort(port, name, await place()),
);

test('after a refused port the same data starts, unless it has migrations that this checkout does not know', async () => {
  const here = await place();
  await refusesTakenPort(4010, 'payment provider', here);
  await (await start(here)).stop();
  const { openServer } = await import('#platform/postgres/server.ts');
  const server = await openServer({
    folder: here.folder,
    secrets: openSecrets(here.folder),
    disposable: true,
  });
  await withClient(databaseUrl(server.adminUrl, 'shop_monolith'), (admin) =>
    admin.query(
      `INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name, applied_steps_count)
       VALUES ('x', 'x', now(), '29990101000000_from_the_future', 1)`,
    ),
  );
  await server.stop();
  const { code, output } = await run('start', here.environment, '--json');
  expect(code).toBe(1);
  expect(output).toMatch(
    /^npm start: the database has migrations that this checkout does not know .*npm run reset/m,
  );
  expect(here.postmaster()).toBeUndefined();
});

async function refusesTakenPort(port: number, name: string, here: Place): Promise<void> {
  const holder = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => holder.listen(port + here.portOffset, '127.0.0.1', resolve));
  try {
    const { code, output } = await run('start', here.environment, '--products', '50', '--json');
    expect(code).toBe(1);
    expect(output).toContain(
      `port ${port + here.portOffset} (${name}) is taken: end the program that holds it, or set SHOP_PORT_OFFSET`,
    );
    expect(here.postmaster()).toBeUndefined();
  } finally {
    await new Promise((resolve) => holder.close(resolve));
  }
}

describe('with DATABASE_URL', () => {
  const { serverUrl } = readConfig({ serverUrl: setting('SHOP_TEST_ADMIN_URL', z.string()) });

  test('the shop runs on that server, in databases of its own that a temporary one removes', async () => {
    const here = await place();
    const shop = await startShop({ ...here.environment, DATABASE_URL: serverUrl }, '--temporary');
    stopAfterwards(shop);
    expect((await fetch(`${shop.shop}/health/ready`)).status).toBe(200);
    expect(here.postmaster()).toBeUndefined();
    const databases = () =>
      withClient(serverUrl, (admin) =>
        admin.query("SELECT FROM pg_database WHERE datname ~ '^shop_[0-9a-f]{8}_'"),
      );
    expect((await databases()).rowCount).toBe(listOwners().length);
    expect(await shop.stop()).toBe(0);
    expect((await databases()).rowCount).toBe(0);
  });

  test('a login that may not create databases is told what it lacks', async () => {
    const here = await place();
    await withClient(serverUrl, (admin) => admin.query(`CREATE ROLE shop_weak LOGIN PASSWORD 'pw'`));
    const weak = new URL(serverUrl);
    weak.username = 'shop_weak';
    weak.password = 'pw';
    const { code, output } = await run('start', { ...here.environment, DATABASE_URL: weak.href }, '--json');
    await withClient(serverUrl, (admin) => admin.query(`DROP ROLE shop_weak`));
    expect({ code, output: output.trim() }).toEqual({
      code: 1,
      output: expect.stringMatching(
        /^npm start: the login of DATABASE_URL may not create databases and roles: .*CREATEDB CREATEROLE$/,
      ) as string,
    });
  });

  test.each([
    [
      'postgresql://shop@127.0.0.1:1/x',
      /^npm start: DATABASE_URL does not answer .*: start that server, or unset it/,
    ],
    ['mysql://localhost/x', /^npm start: DATABASE_URL is not a postgresql:\/\/ URL/],
  ])('%s is refused in one line', async (url, line) => {
    const { code, output } = await run('start', { ...(await place()).environment, DATABASE_URL: url });
    expect(code).toBe(1);
    expect(output.trim()).toMatch(line);
    expect(output.trim()).not.toContain('\n');
  });
});
