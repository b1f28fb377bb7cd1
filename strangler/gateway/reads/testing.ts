// For the tests beside it: a gateway between a monolith and a catalog service whose every answer a test decides.
import { pino } from 'pino';
import { CatalogServiceService, type Product } from '../../../generated/protos/shop/catalog/v1/catalog.ts';
import { ShopError } from '#platform/errors.ts';
import { connectGrpc } from '#platform/grpc/client.ts';
import { serve, type HandlerContext } from '#platform/grpc/serve.ts';
import { listenGrpc, type GrpcServer } from '#platform/grpc/server.ts';
import { catalogReads } from '../routes/catalog-service.ts';
import {
  answer,
  startGateway,
  startMonolith,
  type Behaviour,
  type FakeMonolith,
  type TestGateway,
} from '../testing.ts';
import type { TrustOptions } from '../trust.ts';
import { createReadMetrics } from './metrics.ts';
import { createServiceSide } from './service-side.ts';
import { splitReads } from './split.ts';

export const ID = '01980000-0000-7000-8000-000000000001';
export const position = (lsn: number, incarnation = 'a', epoch = 1) =>
  `${incarnation.repeat(32)}~${epoch}~0/${lsn.toString(16).toUpperCase()}`;
export const seen = (text: string) => ({ cookie: `shop-seen=catalog=${text}` });
/** A bearer token that nobody has signed. */
export const bearer = (sub: string) => ({
  authorization: `Bearer ${['{}', JSON.stringify({ sub }), ''].map((part) => Buffer.from(part).toString('base64url')).join('.')}`,
});

const PRODUCT: Product = {
  id: ID,
  sku: 'A',
  name: 'from the service',
  description: 'D',
  category: 'c',
  price: { amount: 100n, currency: 'EUR' },
  etag: '"7"',
};

export const behind = async (): Promise<Product> => {
  throw new ShopError('conflict', 'behind', 'It has not come here yet.');
};

export interface FakeService {
  /** What it was sent beside each request. */
  readonly calls: HandlerContext[];
  behave: (context: HandlerContext) => Promise<Product>;
  /** Told after each answer. */
  position: string | undefined;
  /** Ends every connection, and accepts none. */
  kill(): Promise<void>;
}

export interface SplitShop extends AsyncDisposable {
  readonly monolith: FakeMonolith;
  readonly service: FakeService;
  readonly gateway: TestGateway;
  percent: number;
  /** Reads a product. @returns by whom, as x-served-by says. */
  read(headers?: Record<string, string>): Promise<string | null>;
}

export interface SplitShopOptions extends Partial<TrustOptions> {
  readonly patienceMs?: number;
  readonly deadlineMs?: number;
}

/** A monolith that tells the position if it is asked for it. */
export const at =
  (told: string | undefined, next: Behaviour = answer()): Behaviour =>
  (request, response) => {
    const asked = request.headers['x-want-position'];
    if (asked !== undefined && told !== undefined)
      response.setHeader('x-position', `${String(asked)}=${told}`);
    next(request, response);
  };

export async function startSplitShop({
  patienceMs = 20_000,
  deadlineMs = 30_000,
  ...trusted
}: SplitShopOptions = {}): Promise<SplitShop> {
  const calls: HandlerContext[] = [];
  let server: GrpcServer | undefined = await listenGrpc({
    host: '127.0.0.1',
    port: 0,
    name: 'catalog',
    log: pino({ level: 'silent' }),
    services: [
      serve(CatalogServiceService, {
        async getProduct(_request, context) {
          calls.push(context);
          if (service.position !== undefined) context.trailers.set('x-position', service.position);
          return { product: await service.behave(context) };
        },
        listCategories: async () => ({ categories: [] }),
      } as Partial<Parameters<typeof serve<typeof CatalogServiceService>>[1]> as Parameters<
        typeof serve<typeof CatalogServiceService>
      >[1]),
    ],
  });
  const { port } = server;
  const service: FakeService = {
    calls,
    behave: () => Promise.resolve(PRODUCT),
    position: undefined,
    async kill() {
      await server?.stop(0, 0);
      server = undefined;
    },
  };
  const client = connectGrpc(CatalogServiceService, {
    addresses: [`127.0.0.1:${port}`],
    defaultDeadlineMs: patienceMs,
    repeats: false,
    log: pino({ level: 'silent' }),
  });
  const monolith = await startMonolith(at(position(100)));
  const gateway = await startGateway(monolith, {
    deadlineMs,
    around(toMonolith, metrics, log) {
      const services = [createServiceSide(catalogReads(client), { log, patienceMs, ...trusted })];
      for (const { capability, trust } of services) metrics.watch({ side: 'service', capability, trust });
      const plans = () => [{ capability: 'catalog', reads: { servicePercent: shop.percent } }];
      return splitReads(toMonolith, {
        plans,
        services,
        metrics: createReadMetrics(metrics.registry, () => new Map()),
      });
    },
  });
  const shop: SplitShop = {
    ...{ monolith, service, gateway },
    percent: 100,
    async read(headers = {}) {
      const response = await gateway.fetch(`/products/${ID}`, { headers });
      await response.arrayBuffer();
      return response.headers.get('x-served-by');
    },
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      client.close();
      await service.kill();
      await monolith.close();
    },
  };
  return shop;
}
