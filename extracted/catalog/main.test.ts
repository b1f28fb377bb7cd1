import { pino } from 'pino';
import {
  HealthCheckResponse_ServingStatus as Status,
  HealthService,
} from '../../generated/protos/grpc/health/v1/health.ts';
import { CatalogServiceService } from '../../generated/protos/shop/catalog/v1/catalog.ts';
import { startChild, type Child } from '#platform/children.ts';
import { connectGrpc } from '#platform/grpc/client.ts';
import { freePort } from '#platform/postgres/cluster.ts';
import { withClient } from '#platform/postgres/owners.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { until } from '#platform/testing/until.ts';

let testDatabase: TestDatabase;
let child: Child;
let metricsPort: number;
let clients: ReturnType<typeof connect>;

beforeEach(async () => {
  testDatabase = await createTestDatabase('catalog');
  metricsPort = await freePort();
  child = await startChild('catalog', 'extracted/catalog/main.ts', {
    CATALOG_PORT: '0',
    CATALOG_METRICS_PORT: String(metricsPort),
    CATALOG_DATABASE_URL: testDatabase.url,
    SHOP_JWT_SECRET: 'a secret of the tests, long enough',
    SHOP_LOG_LEVEL: 'silent',
    SHOP_DRAIN_MS: '1000',
  });
  clients = connect();
});
afterEach(async () => {
  clients.close();
  await child.stop();
  await testDatabase.drop();
});

function connect() {
  const options = {
    addresses: [`127.0.0.1:${child.port}`],
    defaultDeadlineMs: 10_000,
    log: pino({ level: 'silent' }),
  };
  const catalog = connectGrpc(CatalogServiceService, options);
  const health = connectGrpc(HealthService, options);
  return {
    catalog,
    statusOf: async (service: string) => (await health.check({ service })).status,
    close() {
      catalog.close();
      health.close();
    },
  };
}

const ALL_OF_IT = '';
const CATALOG = 'shop.catalog.v1.CatalogService';

test('the service is healthy for as long as its database answers', async () => {
  const { statusOf } = clients;
  for (const name of [ALL_OF_IT, CATALOG]) expect(await statusOf(name)).toBe(Status.SERVING);
  const database = new URL(testDatabase.url).pathname.slice(1);
  const allow = (whether: boolean) =>
    withClient(testDatabase.adminUrl.replace(database, 'postgres'), async (admin) => {
      await admin.query(`ALTER DATABASE ${database} ALLOW_CONNECTIONS ${whether}`);
      await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [
        database,
      ]);
    });
  await allow(false);
  for (const name of [ALL_OF_IT, CATALOG]) expect(await statusOf(name)).toBe(Status.NOT_SERVING);
  await allow(true);
  await until(async () => (await statusOf(CATALOG)) === Status.SERVING);
});

test('its calls are counted on a page for Prometheus', async () => {
  await clients.catalog.listCategories({});
  const page = await fetch(`http://127.0.0.1:${metricsPort}/metrics`);
  expect(await page.text()).toMatch(
    /^grpc_server_duration_seconds_count\{process="catalog",.*method="ListCategories",code="OK"\} 1$/m,
  );
});

test('a stop turns health red first, and answers the calls that are under way', async () => {
  const { catalog, statusOf } = clients;
  const answer = await withClient(testDatabase.adminUrl, async (admin) => {
    await admin.query('BEGIN');
    await admin.query('LOCK TABLE categories');
    const waiting = catalog.listCategories({});
    await until(async () => {
      const { rowCount } = await admin.query(
        `SELECT FROM pg_locks WHERE NOT granted AND relation = 'categories'::regclass`,
      );
      return rowCount === 1;
    });
    process.kill(child.pid, 'SIGTERM');
    await until(async () => (await statusOf(CATALOG)) === Status.NOT_SERVING);
    await admin.query('COMMIT');
    return waiting;
  });
  expect(answer).toEqual({ categories: [] });
  expect(await child.ended).toBe(0);
});
