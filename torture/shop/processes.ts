// The shop's own processes, each at an address of its own that it has again after it was killed.
import { findFreePort } from '#platform/free-port.ts';
import { startChild, type Child } from '#platform/children.ts';
import type { Shutdown } from '#platform/shutdown.ts';

export const PROCESSES = ['switch', 'service', 'monolith', 'gateway'] as const;
export type ProcessName = (typeof PROCESSES)[number];

export interface ShopProcesses {
  /** Of the gateway. */
  readonly url: string;
  /** Undefined where it does not run. */
  readonly pid: (name: ProcessName) => number | undefined;
  /** SIGKILL; resolves when it has ended. */
  readonly kill: (name: ProcessName) => Promise<void>;
  /** Starts it where it does not run. @throws {SetupError} where it does not start. */
  readonly start: (name: ProcessName) => Promise<void>;
}

export interface ProcessesOptions {
  readonly urls: Readonly<Record<'monolith' | 'service' | 'switch', string>>;
  /** Both servers as the switch's administrator reaches them. */
  readonly servers: Readonly<Record<'monolith' | 'service', string>>;
  readonly prefix: string;
  readonly secret: string;
  /** For whatever a process keeps beside its database. */
  readonly folder: string;
  /** Told of one that ended although nobody had killed it. */
  readonly onFallen: (name: ProcessName, end: number | NodeJS.Signals) => void;
}

const SCRIPTS: Readonly<Record<ProcessName, string>> = {
  switch: 'strangler/switch/main.ts',
  service: 'extracted/catalog/main.ts',
  monolith: 'monolith/main.ts',
  gateway: 'strangler/gateway/main.ts',
};
/** Nothing is bought here, so nobody listens there. */
const NO_PROVIDER = 'http://127.0.0.1:9';

export async function startProcesses(options: ProcessesOptions, shutdown: Shutdown): Promise<ShopProcesses> {
  const ports = {} as Record<ProcessName, number>;
  for (const name of PROCESSES) ports[name] = await findFreePort();
  const settings = settingsOf(options, ports);
  const running: Partial<Record<ProcessName, Child>> = {};
  const starting: Partial<Record<ProcessName, Promise<void>>> = {};

  async function startOne(name: ProcessName): Promise<void> {
    const child = await startChild(`${name} of the torture`, SCRIPTS[name], settings[name]);
    running[name] = child;
    void child.ended.then((end) => {
      // Whoever ends it takes it off first.
      if (running[name] !== child) return;
      delete running[name];
      options.onFallen(name, end);
    });
  }

  async function start(name: ProcessName): Promise<void> {
    if (running[name] !== undefined) return;
    starting[name] ??= startOne(name).finally(() => delete starting[name]);
    await starting[name];
  }

  function takeOff(name: ProcessName): Child | undefined {
    const child = running[name];
    delete running[name];
    return child;
  }

  for (const name of PROCESSES) {
    shutdown.onStop(name, async () => {
      await starting[name]?.catch(() => undefined);
      await takeOff(name)?.stop();
    });
    await start(name);
  }
  return {
    url: `http://127.0.0.1:${ports.gateway}`,
    pid: (name) => running[name]?.pid,
    async kill(name) {
      const child = takeOff(name);
      if (child === undefined) return;
      process.kill(child.pid, 'SIGKILL');
      await child.ended;
    },
    start,
  };
}

function settingsOf(
  { urls, servers, prefix, secret, folder }: ProcessesOptions,
  ports: Readonly<Record<ProcessName, number>>,
): Readonly<Record<ProcessName, Readonly<Record<string, string>>>> {
  const common = { SHOP_LOG_LEVEL: 'silent', SHOP_DRAIN_MS: '0', SHOP_DATA_DIR: folder };
  const catalogAddress = `127.0.0.1:${ports.service}`;
  return {
    switch: {
      ...common,
      SWITCH_PORT: String(ports.switch),
      SWITCH_METRICS_PORT: '0',
      SWITCH_DATABASE_URL: urls.switch,
      SWITCH_SERVER_URL: servers.monolith,
      SWITCH_SERVICE_SERVER_URL: servers.service,
      SWITCH_DATABASE_PREFIX: prefix,
    },
    service: {
      ...common,
      CATALOG_PORT: String(ports.service),
      CATALOG_METRICS_PORT: '0',
      CATALOG_DATABASE_URL: urls.service,
      SHOP_JWT_SECRET: secret,
    },
    monolith: {
      ...common,
      MONOLITH_PORT: String(ports.monolith),
      MONOLITH_DATABASE_URL: urls.monolith,
      MONOLITH_CATALOG_ADDRESS: catalogAddress,
      PAYMENT_PROVIDER_URL: NO_PROVIDER,
      SHOP_JWT_SECRET: secret,
    },
    gateway: {
      ...common,
      GATEWAY_PORT: String(ports.gateway),
      GATEWAY_MONOLITH_URL: `http://127.0.0.1:${ports.monolith}`,
      GATEWAY_CATALOG_ADDRESS: catalogAddress,
      GATEWAY_SWITCH_ADDRESS: `127.0.0.1:${ports.switch}`,
      SHOP_JWT_SECRET: secret,
    },
  };
}
