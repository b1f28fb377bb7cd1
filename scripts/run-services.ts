// Runs the gRPC processes: one that dies is started again, since the shop sells without it and must not end because of it.
import { startChild } from '#platform/children.ts';
import type { Logger } from '#platform/logger.ts';
import { keepAlive } from './kept-alive.ts';
import { addressVariable, variableOf, type Service, type ServicePorts } from './services.ts';

export interface RunningService {
  readonly name: string;
  /** For a gRPC client; a service that was started again has the same. */
  readonly address: string;
  readonly pid: number;
}

export interface ServicesOptions {
  readonly services: readonly Service[];
  /** By the name of the service; one that is not named takes free ones. */
  readonly ports: Readonly<Record<string, ServicePorts>>;
  /** @returns what the service reaches its own database by. */
  readonly prepareDatabase: (name: string) => Promise<string>;
  /** For every one of them. */
  readonly settings: Readonly<Record<string, string>>;
  /** For those that see all databases: the server, as an administrator, and what the names of the databases begin with. */
  readonly server: { readonly adminUrl: string; readonly prefix: string };
  readonly log: Logger;
}

export interface Services {
  /** @throws {SetupError} where one does not start the first time; call `stop` then, too. */
  start(): Promise<readonly RunningService[]>;
  /**
   * Tells a process where some of them are, as soon as that is known: at once, unless one takes a free port.
   * @returns settings: `MONOLITH_CATALOG_ADDRESS`. @throws as `start` does.
   */
  addressesFor(process: string, names: readonly string[]): Promise<Readonly<Record<string, string>>>;
  stop(): Promise<void>;
}

export async function prepareServices(options: ServicesOptions): Promise<Services> {
  const { prepareDatabase, ports, log } = options;
  const services: ReturnType<typeof prepareService>[] = [];
  for (const service of options.services) {
    const databaseUrl = await prepareDatabase(service.name);
    services.push(prepareService(service, settingsOf(service, databaseUrl, options), ports, log));
  }
  return {
    async start() {
      const started = await Promise.allSettled(services.map((service) => service.start()));
      return started.map((result) => {
        if (result.status === 'rejected') throw result.reason;
        return result.value;
      });
    },
    async addressesFor(process, names) {
      const asked = services.filter(({ name }) => names.includes(name));
      const told = asked.map(async ({ name, address }) => [addressVariable(process, name), await address]);
      return Object.fromEntries(await Promise.all(told)) as Record<string, string>;
    },
    stop: async () => void (await Promise.all(services.map((service) => service.stop()))),
  };
}

const settingsOf = (
  { name, seesAllDatabases }: Service,
  databaseUrl: string,
  { settings, server }: ServicesOptions,
) => ({
  ...settings,
  [variableOf(name, 'DATABASE_URL')]: databaseUrl,
  ...(seesAllDatabases && {
    [variableOf(name, 'SERVER_URL')]: server.adminUrl,
    [variableOf(name, 'DATABASE_PREFIX')]: server.prefix,
  }),
});

function prepareService(
  { name, title, folder }: Service,
  settings: Readonly<Record<string, string>>,
  ports: ServicesOptions['ports'],
  log: Logger,
) {
  const { metrics } = ports[name] ?? { metrics: 0 };
  let grpc = ports[name]?.grpc ?? 0;
  const address = Promise.withResolvers<string>();
  // Whoever waits for it fails; nobody has to.
  address.promise.catch(() => undefined);
  const tell = () => address.resolve(`127.0.0.1:${grpc}`);
  if (grpc !== 0) tell();
  const service = keepAlive({
    name: title,
    async start() {
      const child = await startChild(title, `${folder}/main.ts`, {
        ...settings,
        [variableOf(name, 'PORT')]: String(grpc),
        [variableOf(name, 'METRICS_PORT')]: String(metrics),
      });
      // Whoever has its address keeps it.
      grpc = child.port;
      return child;
    },
    log,
  });
  return {
    name,
    address: address.promise,
    stop: () => service.stop(),
    async start(): Promise<RunningService> {
      await service.begin().catch((error: unknown) => {
        address.reject(error);
        throw error;
      });
      tell();
      return { name, address: `127.0.0.1:${grpc}`, pid: service.running?.pid ?? 0 };
    },
  };
}
