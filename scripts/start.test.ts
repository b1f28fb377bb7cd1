import { createServer } from 'node:net';
import { z } from 'zod';
import { readConfig, setting } from '#platform/config.ts';
import { databaseUrl, withClient } from '#platform/postgres/owners.ts';
import { openSecrets } from '#platform/secrets.ts';
import { gone, newPlace, run, startShop, type Place, type RunningShop } from './testing.ts';

let places: Place[] = [];
let shops: RunningShop[] = [];

async function place(): Promise<Place> {
  const made = await newPlace();
  places.push(made);
  return made;
}

async function start(at: Place, ...words: string[]): Promise<RunningShop> {
  const shop = await startShop(at.environment, ...words);
  shops.push(shop);
  return shop;
}

afterEach(async () => {
  await Promise.all(shops.map((shop) => shop.stop()));
  for (const { postmaster, remove } of places) {
    const pid = postmaster();
    if (pid !== undefined && !(await isGone(pid))) process.kill(pid, 'SIGINT');
    if (pid !== undefined) await gone(pid);
    remove();
  }
  places = [];
  shops = [];
});

const isGone = async (pid: number) => {
  try {
    return !process.kill(pid, 0);
  } catch {
    return true;
  }
};

/** Waits for a line of the log; what is logged last need not arrive before what is printed. */
async function logged(shop: RunningShop, line: RegExp): Promise<void> {
  while (!line.test(shop.output())) await new Promise((resolve) => setTimeout(resolve, 50));
}

const account = { email: 'kept@shop.test', password: 'password', name: 'Kept' };
const post = (shop: RunningShop, path: string, body: object, headers: Record<string, string> = {}) =>
  fetch(`${shop.shop}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

test('two checkouts run side by side, and each keeps its data over a restart', async () => {
  const [left, right] = [await place(), await place()];
  const first = await start(left);
  const second = await start(right);
  expect((await post(first, '/customers', account)).status).toBe(201);
  expect((await post(second, '/sessions', account)).status).toBe(401);

  expect(await first.stop()).toBe(0);
  expect(left.postmaster()).toBeUndefined();
  const again = await start(left);
  expect((await post(again, '/sessions', account)).status).toBe(201);
});

test('the seed’s administrator is warned of when it is made, and for as long as it keeps its password', async () => {
  const here = await place();
  const first = await start(here);
  await logged(first, /"level":40,.*admin@shop\.test, whose password the README names/);
  await first.stop();
  const second = await start(here);
  await logged(second, /"level":40,.*"name":"monolith".*admin@shop\.test still has the password/);
});

test('a second start on the same data is refused in one line, and does no harm', async () => {
  const here = await place();
  const shop = await start(here);
  const elsewhere = await newPlace();
  const second = await run('start', {
    ...here.environment,
    SHOP_PORT_OFFSET: elsewhere.environment['SHOP_PORT_OFFSET'] ?? '',
  });
  elsewhere.remove();
  expect(second.code).toBe(1);
  expect(second.output.trim()).toMatch(/^npm start: the shop is running already on this data: .*$/);
  expect((await fetch(`${shop.shop}/health/ready`)).status).toBe(200);
});

test('after a SIGKILL of every process the next start recovers, with everything that was acknowledged', async () => {
  const here = await place();
  const shop = await start(here);
  expect((await post(shop, '/customers', account)).status).toBe(201);
  for (const pid of [shop.pids.start, here.postmaster() ?? 0, shop.pids.monolith, shop.pids.paymentProvider])
    process.kill(pid, 'SIGKILL');
  await shop.ended;
  const again = await start(here);
  expect((await post(again, '/sessions', account)).status).toBe(201);
});

test('the children of a start that was killed end by themselves, and the next start takes over the database', async () => {
  const here = await place();
  const shop = await start(here);
  process.kill(shop.pids.start, 'SIGKILL');
  expect(await gone(shop.pids.monolith)).toBe(true);
  expect(await gone(shop.pids.paymentProvider)).toBe(true);
  const again = await start(here);
  expect(await again.stop()).toBe(0);
  expect(here.postmaster()).toBeUndefined();
});

test('when the monolith dies, the start says so and stops everything', async () => {
  const here = await place();
  const shop = await start(here);
  process.kill(shop.pids.monolith, 'SIGKILL');
  expect(await shop.ended).toBe(1);
  expect(shop.output()).toMatch(/the monolith has ended/);
  expect(await gone(shop.pids.paymentProvider)).toBe(true);
  expect(here.postmaster()).toBeUndefined();
});

test('a stop answers the checkout in flight, and readiness is red meanwhile', async () => {
  const shop = await start(await place());
  const { token } = (await (
    await post(shop, '/sessions', { email: 'ada@shop.test', password: 'shop-customer' })
  ).json()) as { token: string };
  const headers = {
    authorization: `Bearer ${token}`,
    'idempotency-key': 'in-flight',
    'content-type': 'application/json',
  };
  const { products } = (await (await fetch(`${shop.shop}/products?pageSize=100`)).json()) as {
    products: { id: string }[];
  };
  for (const { id } of products) {
    const { available } = (await (await fetch(`${shop.shop}/stock/${id}`)).json()) as { available: number };
    if (available === 0) continue;
    await fetch(`${shop.shop}/cart/items/${id}`, { method: 'PUT', headers, body: '{"quantity":1}' });
    break;
  }
  const shippingAddress = { name: 'A', line1: '1', city: 'B', postalCode: '1', country: 'DE' };
  const checkout = post(shop, '/orders', { paymentToken: 'tok_slow', shippingAddress }, headers);
  await new Promise((resolve) => setTimeout(resolve, 300));
  process.kill(shop.pids.monolith, 'SIGTERM');
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect((await fetch(`${shop.shop}/health/ready`)).status).toBe(503);
  const answer = await checkout;
  expect(answer.status).toBe(201);
  expect(await answer.json()).toMatchObject({ status: 'confirmed' });
});

test.each([
  [3000, 'monolith'],
  [4010, 'payment provider'],
  [54321, 'PostgreSQL'],
])('when port %i is taken, the start names it in one line and leaves nothing running', async (port, name) => {
  const here = await place();
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(port + here.portOffset, '127.0.0.1', resolve));
  try {
    const { code, output } = await run('start', here.environment, '--products', '50', '--json');
    expect(code).toBe(1);
    expect(output).toContain(
      `port ${port + here.portOffset} (${name}) is taken: end the program that holds it, or set SHOP_PORT_OFFSET`,
    );
    expect(here.postmaster()).toBeUndefined();
  } finally {
    holder.close();
  }
});

test('a database with migrations that this checkout does not know is left alone', async () => {
  const here = await place();
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

test('a reset is refused while the shop runs, and afterwards the shop begins afresh', async () => {
  const here = await place();
  const shop = await start(here);
  await post(shop, '/customers', account);
  const refused = await run('reset', here.environment);
  expect(refused).toMatchObject({
    code: 1,
    output: expect.stringContaining('the shop is running already') as string,
  });
  await shop.stop();
  expect((await run('reset', here.environment)).code).toBe(0);
  const again = await start(here);
  expect((await post(again, '/sessions', account)).status).toBe(401);
});

test('a seed of one’s own size has a history at the provider, and is refused where there is one already', async () => {
  const here = await place();
  const seeded = await run('seed', here.environment, '--products', '60', '--customers', '10', '--json');
  expect(seeded).toMatchObject({ code: 0 });
  expect(JSON.parse(seeded.output.trim().split('\n').at(-1) ?? '')).toMatchObject({
    products: 60,
    customers: 10,
    categories: 40,
  });
  expect(seeded.output).not.toMatch(/"orders":0/);
  expect(here.postmaster()).toBeUndefined();
  expect(await run('seed', here.environment)).toMatchObject({
    code: 1,
    output: expect.stringContaining('npm run reset') as string,
  });
});

test('an operator sees which orders are parked, and is told where there are none', async () => {
  const here = await place();
  await start(here);
  expect(await run('orders', here.environment, 'parked')).toEqual({
    code: 0,
    output: 'no order is parked\n',
  });
  const unknown = await run('orders', here.environment, 'retry', '01a20368-2859-71af-ad58-611b0f7297ef');
  expect(unknown).toMatchObject({
    code: 1,
    output: expect.stringMatching(/^npm run orders: no order .* is parked/) as string,
  });
});

describe('with DATABASE_URL', () => {
  const { serverUrl } = readConfig({ serverUrl: setting('SHOP_TEST_ADMIN_URL', z.string()) });

  test('the shop runs on that server, in databases of its own that a temporary one removes', async () => {
    const here = await place();
    const shop = await startShop({ ...here.environment, DATABASE_URL: serverUrl }, '--temporary');
    shops.push(shop);
    expect((await fetch(`${shop.shop}/health/ready`)).status).toBe(200);
    expect(here.postmaster()).toBeUndefined();
    const databases = () =>
      withClient(serverUrl, (admin) =>
        admin.query("SELECT FROM pg_database WHERE datname ~ '^shop_[0-9a-f]{8}_'"),
      );
    expect((await databases()).rowCount).toBe(1);
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
