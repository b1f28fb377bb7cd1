// How the catalog stops: no call that it has begun goes without its answer, and nobody who stays can keep it from ending.
import { connect, type ClientHttp2Session } from 'node:http2';
import { Client, credentials } from '@grpc/grpc-js';
import { pino } from 'pino';
import {
  HealthCheckResponse_ServingStatus as Status,
  HealthService,
} from '../../../generated/protos/grpc/health/v1/health.ts';
import { ServerReflectionService } from '../../../generated/protos/grpc/reflection/v1/reflection.ts';
import { CatalogServiceService } from '../../../generated/protos/shop/catalog/v1/catalog.ts';
import type { ShopError } from '#platform/errors.ts';
import { connectGrpc } from '#platform/grpc/client.ts';
import { newId } from '#platform/ids.ts';
import { until } from '#platform/testing/until.ts';
import { draft, SERVICE } from './testing-contract.ts';
import {
  createCatalogDatabase,
  startCatalog,
  type CatalogDatabase,
  type CatalogProcess,
} from './testing-process.ts';
import { connectWire, readRefusal } from './testing-wire.ts';

const log = pino({ level: 'silent' });
const DRAIN = { SHOP_DRAIN_MS: '200' };

let database: CatalogDatabase;
let releases: (() => unknown)[];
beforeEach(async () => {
  releases = [];
  database = await createCatalogDatabase(['tea']);
  releases.push(() => database.drop());
});
afterEach(async () => {
  for (const release of releases.reverse()) await release();
});

async function start(settings: Readonly<Record<string, string>> = DRAIN): Promise<CatalogProcess> {
  const service = await startCatalog(database.url, settings);
  releases.push(() => service.stop());
  return service;
}

test('under load, every call that was begun is answered, and every later one is refused as UNAVAILABLE', async () => {
  const service = await start();
  const wire = connectWire(service.address);
  releases.push(wire.close);
  const answered = new Set<string>();
  const refused = new Map<string, string>();
  const made: string[] = [];

  /** Calls, one after the other, until one is refused. */
  async function keepCalling(): Promise<void> {
    while (refused.size === 0 || answered.size === 0) {
      const callId = newId();
      const options = { metadata: { 'x-request-id': callId } };
      const product = draft();
      const outcome = await (
        answered.size % 4 === 0
          ? wire.call('createProduct', { product }, options)
          : wire.call('listProducts', {}, options)
      ).catch(readRefusal);
      if ('code' in outcome) return void refused.set(callId, outcome.code);
      answered.add(callId);
      if ('product' in outcome) made.push(product.sku);
    }
  }
  const callers = Array.from({ length: 8 }, keepCalling);
  await until(() => answered.size >= 200);
  expect(await service.stop()).toBe(0);
  await Promise.all(callers);

  expect(new Set(refused.values())).toEqual(new Set(['UNAVAILABLE']));
  const begun = service.log().filter(({ requestId, code }) => requestId !== undefined && code !== undefined);
  expect(new Set(begun.map(({ requestId }) => requestId))).toEqual(answered);
  expect(new Set(begun.map(({ code }) => code))).toEqual(new Set(['OK']));
  const rows = await database.sql<{ sku: string }>('SELECT sku FROM products');
  expect(rows.map(({ sku }) => sku).sort()).toEqual(made.sort());
});

test('of two instances under load one stops: no read fails, and a write that is sent again is done once', async () => {
  const [first, second] = [await start(), await start()];
  const addresses = [first.address, second.address];
  const client = connectGrpc(CatalogServiceService, { addresses, defaultDeadlineMs: 30_000, log });
  releases.push(() => client.close());
  const list = { pageSize: 1, pageToken: '', filter: undefined, order: 0 } as const;
  let [reads, left] = [0, Infinity];
  const failures: unknown[] = [];
  const made: string[] = [];

  async function keepReading(): Promise<void> {
    for (; left > 0; left -= 1) {
      await client.listProducts(list).catch((error: unknown) => failures.push(error));
      reads += 1;
    }
  }
  async function keepWriting(): Promise<void> {
    while (left > 0) {
      const request = { product: draft(), requestId: newId() };
      // As every client of a write has to: the same request, until somebody answers.
      while (!(await client.createProduct(request).then(() => true, isUnavailable)));
      made.push(request.product.sku);
    }
  }
  const isUnavailable = (error: unknown) => {
    if ((error as ShopError).kind !== 'unavailable') throw error;
    return false;
  };
  const callers = [...Array.from({ length: 6 }, keepReading), keepWriting(), keepWriting()];
  await until(() => reads >= 100);
  expect(await first.stop()).toBe(0);
  left = 100;
  await Promise.all(callers);
  expect(failures).toEqual([]);
  const rows = await database.sql<{ sku: string }>('SELECT sku FROM products');
  expect(rows.map(({ sku }) => sku).sort()).toEqual(made.sort());
  // Both had their share.
  for (const service of [first, second])
    expect(service.log().some(({ code, method }) => code === 'OK' && method === 'ListProducts')).toBe(true);
});

test('whoever watches health is told before the service is gone, and open streams do not keep it', async () => {
  const service = await start();
  const health = connectGrpc(HealthService, { addresses: [service.address], defaultDeadlineMs: 30_000, log });
  const tool = new Client(service.address, credentials.createInsecure());
  releases.push(() => health.close());
  releases.push(() => tool.close());
  const { path, requestSerialize, responseDeserialize } = ServerReflectionService.serverReflectionInfo;
  const reflection = tool.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
  reflection.on('error', () => undefined);
  const told = new Promise((resolve) => reflection.once('data', resolve));
  reflection.write({ host: '', messageRequest: { $case: 'listServices', value: '' } });
  await told;

  const seen: Status[] = [];
  const watching = (async () => {
    for await (const { status } of health.watch({ service: SERVICE })) {
      seen.push(status);
      if (status === Status.SERVING) process.kill(service.pid, 'SIGTERM');
    }
  })();
  await expect(watching).rejects.toMatchObject({ kind: 'unavailable' });
  expect(seen).toEqual([Status.SERVING, Status.NOT_SERVING]);
  expect(await service.ended).toBe(0);
});

test('a request that never comes to its end is cut off, and the service ends within its deadline', async () => {
  const service = await start({ ...DRAIN, SHOP_STOP_DEADLINE_MS: '4000' });
  const session: ClientHttp2Session = connect(`http://${service.address}`);
  session.on('error', () => undefined);
  releases.push(() => session.destroy());
  // Headers alone, as of a client that froze.
  const half = session.request({
    ...{ ':method': 'POST', ':path': `/${SERVICE}/GetProduct` },
    ...{ 'content-type': 'application/grpc', te: 'trailers' },
  });
  half.on('error', () => undefined);
  // Once a later request on the connection is answered, that one has arrived.
  const later = session.request({
    ':method': 'POST',
    ':path': '/',
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  await new Promise((resolve) => later.once('response', resolve));
  expect(await service.stop()).toBe(0);
});
