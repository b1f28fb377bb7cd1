// The processes that make up the shop at this stage, and the order in which they need each other.
import { randomUUID } from 'node:crypto';
import { DEFAULT_COST } from '../monolith/modules/customers/passwords.ts';
import { isSeeded, seedShop } from '../monolith/seed/seed.ts';
import { startChild, type Child } from '#platform/children.ts';
import { number, readConfig, setting } from '#platform/config.ts';
import type { Logger } from '#platform/logger.ts';
import { rolePassword } from '#platform/postgres/owners.ts';
import { dropOwner, prepareOwner, type PreparedOwner } from '#platform/postgres/prepare-owner.ts';
import { openServer, takeSupervision } from '#platform/postgres/server.ts';
import { openSecrets } from '#platform/secrets.ts';
import type { Shutdown } from '#platform/shutdown.ts';
import { FRONT, startFront } from './front.ts';
import { runMonoliths, urlOf } from './monoliths.ts';
import { prepareServices, type RunningService } from './run-services.ts';
import { ASKED_BY_MONOLITH, SERVICES, type ServicePorts } from './services.ts';

export interface TopologyOptions {
  readonly folder: string;
  readonly ports: {
    /** Of what stands in front; undefined takes a free one. */
    readonly front?: number | undefined;
    readonly monolith: number;
    readonly provider: number;
    readonly services: Readonly<Record<string, ServicePorts>>;
  };
  /** Data that nobody will miss: a free port and no fsync for PostgreSQL, databases of its own on DATABASE_URL. */
  readonly temporary: boolean;
  /** With more than one, a load balancer has the monolith's port, and a monolith that dies is started again. */
  readonly monoliths: number;
  /** Without what stands in front of the monolith at this stage, and without the services beside it. */
  readonly alone?: true | undefined;
  /** The size and the number of the seed, for an empty shop. */
  readonly products: number;
  readonly seed: number;
  readonly json?: true | undefined;
  readonly shutdown: Shutdown;
  readonly log: Logger;
}

export interface Topology {
  /** Of a service, by its name: the address that a gRPC client takes. */
  readonly urls: {
    readonly shop: string;
    /** Only where something stands in front of it. */
    readonly monolith?: string;
    readonly paymentProvider: string;
    readonly [service: string]: string | undefined;
  };
  readonly pids: {
    readonly paymentProvider: number;
    readonly gateway?: number;
    readonly monolith?: number;
    readonly loadBalancer?: number;
    readonly monoliths?: readonly number[];
    /** As it was at first: a service that dies is started again. */
    readonly [service: string]: number | readonly number[] | undefined;
  };
  /** Restarts the monoliths one after the other; undefined where there is only one. */
  readonly restartMonoliths: (() => Promise<void>) | undefined;
  /** Resolves with the name of a process that ended although nobody asked it to. */
  readonly childEnded: Promise<string>;
}

/** @throws {SetupError} where a part cannot start; what had started is stopped by `shutdown`. */
export async function runTopology(options: TopologyOptions): Promise<Topology> {
  const { folder, ports, temporary, shutdown, log } = options;
  const secrets = openSecrets(folder);
  const server = await openServer({ folder, secrets, disposable: temporary });
  const prefix = temporary ? `shop_${randomUUID().slice(0, 8)}` : 'shop';
  const release = await takeSupervision(server.adminUrl, prefix);
  shutdown.onStop('PostgreSQL', () => server.stop());
  shutdown.onStop('supervision', release);

  async function prepareDatabase(name: string): Promise<PreparedOwner> {
    const owner = await prepareOwner(server.adminUrl, prefix, name, (role) =>
      rolePassword(secrets.roleSecret, role),
    );
    if (temporary && !server.embedded)
      shutdown.onStop(`database ${name}`, () => dropOwner(server.adminUrl, owner));
    if (owner.applied.length > 0) log.info(`${name}: applied ${owner.applied.length} migrations`);
    return owner;
  }

  const owner = await prepareDatabase('monolith');
  const common: Record<string, string> = options.json ? { SHOP_LOG_FORMAT: 'json' } : {};
  const services = await prepareServices({
    services: options.alone ? [] : SERVICES,
    ports: ports.services,
    prepareDatabase: async (name) => (await prepareDatabase(name)).appUrl,
    settings: { ...common, SHOP_JWT_SECRET: secrets.jwtSecret },
    server: { adminUrl: server.adminUrl, prefix },
    log,
  });
  // Registered before they start: however long that takes, they stop after whoever calls them.
  shutdown.onStop('services', () => services.stop());

  const provider = await startChild('payment provider', 'outside/payment-provider/main.ts', {
    ...common,
    PAYMENT_PROVIDER_PORT: String(ports.provider),
    SHOP_DATA_DIR: folder,
  });
  shutdown.onStop('payment provider', () => provider.stop());
  const providerUrl = `http://127.0.0.1:${provider.port}`;
  const proxies = (FRONT && !options.alone ? 1 : 0) + (options.monoliths > 1 ? 1 : 0);
  const startMonolith = async (name: string, settings: Readonly<Record<string, string>>) =>
    startChild(name, 'monolith/main.ts', {
      ...common,
      ...(await services.addressesFor('monolith', ASKED_BY_MONOLITH)),
      MONOLITH_DATABASE_URL: owner.appUrl,
      SHOP_JWT_SECRET: secrets.jwtSecret,
      PAYMENT_PROVIDER_URL: providerUrl,
      ...(proxies > 0 && { SHOP_TRUST_PROXY: String(proxies) }),
      ...settings,
    });
  const startShop = options.monoliths === 1 ? startOne : startSeveral;
  // Side by side, since each takes a second or two; the shop is ready when all are.
  const serving = services.start();
  const [started, seeded, served] = await Promise.allSettled([
    startShop(options, startMonolith, common).then(async (behind) =>
      putInFront(behind, await serving, options, common, { SHOP_JWT_SECRET: secrets.jwtSecret }),
    ),
    seedIfEmpty(owner, providerUrl, options),
    serving,
  ]);
  if (started.status === 'rejected') throw started.reason;
  const shop = started.value;
  if (seeded.status === 'rejected') throw seeded.reason;
  if (served.status === 'rejected') throw served.reason;
  const running = served.value;

  return {
    urls: {
      shop: localUrl(shop.entrance),
      ...(shop.behind && { monolith: localUrl(shop.behind) }),
      paymentProvider: providerUrl,
      ...Object.fromEntries(running.map(({ name, address }) => [name, address])),
    },
    pids: {
      paymentProvider: provider.pid,
      ...shop.pids,
      ...Object.fromEntries(running.map(({ name, pid }) => [name, pid])),
    },
    restartMonoliths: shop.restartMonoliths,
    childEnded: Promise.race([provider, shop.entrance, shop.behind ?? shop.entrance].map(nameWhenEnded)),
  };
}

type StartMonolith = (name: string, settings: Readonly<Record<string, string>>) => Promise<Child>;

interface Shop {
  /** What has the shop's address: the shop ends with it. */
  readonly entrance: Child;
  /** What that stands in front of: the shop ends with it as well. */
  readonly behind?: Child;
  readonly pids: Omit<Topology['pids'], 'paymentProvider'>;
  readonly restartMonoliths: Topology['restartMonoliths'];
}

async function startOne({ ports, shutdown }: TopologyOptions, startMonolith: StartMonolith): Promise<Shop> {
  const monolith = await startMonolith('monolith', { MONOLITH_PORT: String(ports.monolith) });
  shutdown.onStop('monolith', () => monolith.stop());
  return { entrance: monolith, pids: { monolith: monolith.pid }, restartMonoliths: undefined };
}

async function startSeveral(
  { ports, shutdown, monoliths: count, log }: TopologyOptions,
  startMonolith: StartMonolith,
  common: Readonly<Record<string, string>>,
): Promise<Shop> {
  let urls: readonly string[] = [];
  let tellBalancer = () => undefined as void;
  const monoliths = await runMonoliths({
    count,
    // Any port, since a port of its own may be taken while it is dead; the load balancer is told.
    start: (name) => startMonolith(name, { MONOLITH_PORT: '0' }),
    announce(now) {
      urls = now;
      tellBalancer();
    },
    log,
  });
  shutdown.onStop('monoliths', () => monoliths.stop());
  const balancer = await startChild('load balancer', 'outside/load-balancer/main.ts', {
    ...common,
    MONOLITH_PORT: String(ports.monolith),
    LOAD_BALANCER_BACKENDS: urls.join(','),
    LOAD_BALANCER_CALLERS_KEYS: 'POST /orders',
  });
  shutdown.onStop('load balancer', () => balancer.stop());
  tellBalancer = () => balancer.send({ type: 'backends', urls });
  // They may have changed while it started.
  tellBalancer();
  return {
    entrance: balancer,
    pids: { loadBalancer: balancer.pid, monoliths: monoliths.pids },
    restartMonoliths: () => monoliths.restartAll(),
  };
}

/** A load balancer repeats a request for longer than one monolith may take to answer it. */
const DEADLINE_OF_SEVERAL_MS = 60_000;

async function putInFront(
  shop: Shop,
  services: readonly RunningService[],
  { folder, ports, shutdown, monoliths, alone }: TopologyOptions,
  settings: Readonly<Record<string, string>>,
  secrets: Readonly<Record<string, string>>,
): Promise<Shop> {
  if (FRONT === undefined || alone) return shop;
  const front = await startFront({
    front: FRONT,
    port: ports.front ?? 0,
    monolithUrl: urlOf(shop.entrance),
    services,
    deadlineMs: monoliths > 1 ? DEADLINE_OF_SEVERAL_MS : undefined,
    settings: { ...settings, SHOP_DATA_DIR: folder },
    secrets,
  });
  shutdown.onStop(FRONT.name, () => front.stop());
  return { ...shop, entrance: front, behind: shop.entrance, pids: { ...shop.pids, [FRONT.name]: front.pid } };
}

async function seedIfEmpty(
  owner: PreparedOwner,
  providerUrl: string,
  options: TopologyOptions,
): Promise<void> {
  if (await isSeeded(owner.adminUrl)) return;
  const { products, seed, log } = options;
  log.info(`seeding ${products} products`);
  const { passwordCost } = readConfig({ passwordCost: setting('SHOP_SCRYPT_COST', number(DEFAULT_COST)) });
  const { adminUrl: databaseUrl, ownerRole } = owner;
  await seedShop({ databaseUrl, ownerRole, providerUrl, products, seed, passwordCost });
  log.warn(
    'the seed has an administrator, admin@shop.test, whose password the README names: change it before you share this shop',
  );
}

const localUrl = ({ port }: Child) => `http://localhost:${port}`;
const nameWhenEnded = ({ name, ended }: Child) => ended.then(() => name);
