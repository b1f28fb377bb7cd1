// For the tests beside it: a gateway between a monolith and a catalog service that a test lets own, refuse, or break off.
import { SignJWT } from 'jose';
import { pino } from 'pino';
import {
  CatalogServiceService,
  type Product,
  type UpdateProductRequest,
} from '../../../generated/protos/shop/catalog/v1/catalog.ts';
import { ShopError } from '#platform/errors.ts';
import { connectGrpc } from '#platform/grpc/client.ts';
import { serve, type HandlerContext } from '#platform/grpc/serve.ts';
import { listenGrpc, type GrpcServer } from '#platform/grpc/server.ts';
import { createHold, type HoldOptions, type KnownOwner } from '#platform/held-writes.ts';
import { createReadMetrics } from '../reads/metrics.ts';
import { splitReads } from '../reads/split.ts';
import { catalogWrites } from '../routes/catalog-writes.ts';
import {
  startGateway,
  startMonolith,
  type Behaviour,
  type FakeMonolith,
  type TestGateway,
} from '../testing.ts';
import { createAdministrators } from './administrator.ts';
import { followOwner } from './follow-owner.ts';
import { createHint, type Hint } from './hint.ts';
import { createWriteMetrics } from './metrics.ts';
import { createWriteService } from './service-side.ts';

export const SECRET = 'a secret of the tests, long enough';
export const ID = '01980000-0000-7000-8000-000000000001';
export const ADMIN = 'the-administrator';

interface Claims {
  readonly sub?: string;
  readonly role?: string;
  readonly secret?: string;
  /** Seconds from now. */
  readonly lifetime?: number;
}

export const bearer = async ({
  sub = ADMIN,
  role = 'admin',
  secret = SECRET,
  lifetime = 600,
}: Claims = {}) => {
  const token = await new SignJWT({ role })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer('shop')
    .setSubject(sub)
    .setExpirationTime(Math.floor(Date.now() / 1_000) + lifetime)
    .sign(new TextEncoder().encode(secret));
  return { authorization: `Bearer ${token}` };
};

/** The monolith's refusal, as it answers whoever wants to know the owner. */
export const refuse =
  (known: KnownOwner): Behaviour =>
  (_request, response) => {
    const problem = { ...known, status: 409, code: 'not_the_owner' };
    response.setHeader('x-owner', `catalog=${known.owner}:${known.epoch}`);
    response.writeHead(409, { 'content-type': 'application/problem+json' }).end(JSON.stringify(problem));
  };

/** Does it, and tells that it owns. */
export const done =
  (epoch = 1, status = 201): Behaviour =>
  (_request, response) => {
    const headers = { 'x-owner': `catalog=monolith:${epoch}`, 'x-served-by': 'monolith' };
    response.writeHead(status, headers).end('{"by":"monolith"}');
  };

export const refusal = (known: KnownOwner) =>
  new ShopError('conflict', 'not_the_owner', 'No.', { extra: { ...known } });

export const PRODUCT: Product = {
  ...{ id: ID, sku: 'A', name: 'N', description: 'D', category: 'c' },
  ...{ price: { amount: 100n, currency: 'EUR' }, etag: '"7"' },
};

export interface WriteCalled {
  readonly request: UpdateProductRequest;
  readonly metadata: HandlerContext['metadata'];
}

export interface WritableShop extends AsyncDisposable {
  readonly monolith: FakeMonolith;
  readonly gateway: TestGateway;
  readonly hint: Hint;
  readonly service: {
    /** The updates that it was asked for. */
    readonly calls: WriteCalled[];
    behave: (context: HandlerContext) => Promise<Product>;
    kill(): Promise<void>;
  };
  /** Changes a product, as an administrator, unless other headers are given. */
  patch(headers?: Readonly<Record<string, string>>, body?: string): Promise<Response>;
  /** Of the gateway's figures, those of a name: by their labels. */
  figures(name: string): Promise<Readonly<Record<string, number>>>;
}

export interface WritableShopOptions extends Partial<HoldOptions> {
  readonly patienceMs?: number;
  /** How many of a hundred customers read from the service. */
  readonly percent?: number;
}

export async function startWritableShop(options: WritableShopOptions = {}): Promise<WritableShop> {
  const { patienceMs = 20_000, percent = 0, ...held } = options;
  const log = pino({ level: 'silent' });
  const calls: WriteCalled[] = [];
  let server: GrpcServer | undefined = await listenGrpc({
    ...{ host: '127.0.0.1', port: 0, name: 'catalog', log },
    services: [
      serve(CatalogServiceService, {
        async updateProduct(request, context) {
          calls.push({ request, metadata: context.metadata });
          context.trailers.set('x-position', `${'b'.repeat(32)}~2~0/AB`);
          return { product: await service.behave(context) };
        },
      } as Partial<Parameters<typeof serve<typeof CatalogServiceService>>[1]> as Parameters<
        typeof serve<typeof CatalogServiceService>
      >[1]),
    ],
  });
  const service: WritableShop['service'] = {
    calls,
    behave: () => Promise.resolve(PRODUCT),
    async kill() {
      await server?.stop(0, 0);
      server = undefined;
    },
  };
  const client = connectGrpc(CatalogServiceService, {
    ...{ addresses: [`127.0.0.1:${server.port}`], defaultDeadlineMs: patienceMs, repeats: false, log },
  });
  const hint = createHint();
  const monolith = await startMonolith(done());
  const gateway = await startGateway(monolith, {
    deadlineMs: 40_000,
    around(toMonolith, { registry, watch }, logger) {
      const metrics = createWriteMetrics(registry, 'catalog');
      const hold = createHold({
        ...{ maxCount: 100, maxBytes: 1_000_000, deadlineMs: 30_000, pauseMs: 2 },
        onEnd: metrics.held,
        ...held,
      });
      metrics.watch(hold, hint);
      const atService = createWriteService({ log: logger, patienceMs, maxInFlight: 100 });
      const trust = { inFlight: atService.inFlight, isOpen: () => false };
      watch({ side: 'service', capability: 'catalog', trust });
      const written = followOwner(toMonolith, {
        ...{ hint, hold, metrics },
        writes: catalogWrites(client),
        atService: atService.write,
        findAdministrator: createAdministrators(SECRET),
      });
      const plans = () => [{ capability: 'catalog', reads: { servicePercent: percent } }];
      return splitReads(written, {
        ...{ plans, services: [] },
        metrics: createReadMetrics(registry, () => new Map()),
      });
    },
  });
  const administrator = await bearer();

  return {
    ...{ monolith, gateway, hint, service },
    patch: (headers = {}, body = '{"name":"Pot"}') =>
      gateway.fetch(`/products/${ID}`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/json', ...administrator, ...headers },
        body,
      }),
    async figures(name) {
      const text = await (await gateway.fetch('/metrics')).text();
      const lines = [...text.matchAll(new RegExp(`^${name}\\{(.*)\\} (\\S+)$`, 'gm'))];
      return Object.fromEntries(
        lines.map(([, labels = '', value]) => {
          const kept = [...labels.matchAll(/(\w+)="([^"]*)"/g)]
            .filter(([, label]) => label !== 'process' && label !== 'capability')
            .map(([, , text_]) => text_);
          return [kept.join(' '), Number(value)] as const;
        }),
      );
    },
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      client.close();
      await service.kill();
      await monolith.close();
    },
  };
}
