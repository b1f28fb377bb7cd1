// The proxies that are measured, a process each, and all in front of the same backend; and none at all.
import { startChild } from '#platform/children.ts';
import type { Shutdown } from '#platform/shutdown.ts';
import { processTreeCpuSeconds } from '../process-tree-cpu.ts';
import { nginxVersion, startNginx } from './nginx.ts';

/** `express` opens a connection for each request, as it does unless it is told. `direct`: no proxy, to see what one adds. */
export const PROXIES = ['gateway', 'bare', 'express', 'expressKeepAlive', 'nginx', 'direct'] as const;
export type ProxyName = (typeof PROXIES)[number];

export interface Proxy {
  readonly name: ProxyName;
  readonly origin: string;
  /** So far, user and system; NaN where the system does not tell. */
  cpuSeconds(): Promise<number>;
}

const SCRIPTS = {
  gateway: 'strangler/gateway/main.ts',
  bare: 'bench/gateway/bare-proxy.ts',
  express: 'bench/gateway/express-proxy.ts',
  expressKeepAlive: 'bench/gateway/express-proxy.ts',
};

/** @returns those that there are: nginx only where it is installed. @throws {SetupError} where one does not start. */
export async function startProxies(shutdown: Shutdown): Promise<readonly Proxy[]> {
  const backend = await startChild('backend', 'bench/gateway/backend.ts', {});
  shutdown.onStop('backend', () => backend.stop());
  const monolithUrl = `http://127.0.0.1:${backend.port}`;

  async function start(name: ProxyName): Promise<Proxy> {
    if (name === 'direct') return proxyOf(name, backend);
    const running = name === 'nginx' ? await startNginx(monolithUrl) : await startScript(name);
    shutdown.onStop(name, () => running.stop());
    return proxyOf(name, running);
  }
  const startScript = (name: keyof typeof SCRIPTS) =>
    startChild(name, SCRIPTS[name], {
      GATEWAY_MONOLITH_URL: monolithUrl,
      GATEWAY_PORT: '0',
      BENCH_KEEP_ALIVE: name === 'expressKeepAlive' ? 'yes' : 'no',
      // As it runs in the shop, which logs no request that goes well, but without the lines around it.
      SHOP_LOG_LEVEL: 'warn',
      SHOP_DRAIN_MS: '0',
    });
  const present = PROXIES.filter((name) => name !== 'nginx' || nginxVersion() !== undefined);
  return Promise.all(present.map(start));
}

const proxyOf = (name: ProxyName, { port, pid }: { readonly port: number; readonly pid: number }): Proxy => ({
  name,
  origin: `http://127.0.0.1:${port}`,
  // By the system for all of them: nginx tells nothing of itself.
  cpuSeconds: async () => processTreeCpuSeconds(pid) ?? NaN,
});
