// npm run bench -- gateway: the whole run: the gateway, other proxies and none in front of one backend, route by route.
import { startChild } from '#platform/children.ts';
import { createLogger } from '#platform/logger.ts';
import { SetupError } from '#platform/setup-error.ts';
import { createShutdown } from '#platform/shutdown.ts';
import { createLoadClient } from '../load-client.ts';
import { currentLoad, describeMachine, versionOf, type Machine } from '../machine.ts';
import { measureRoute, type GatewayRouteFigures } from './figures.ts';
import { nginxVersion } from './nginx.ts';
import { startProxies } from './proxies.ts';
import { ROUTES } from './questions.ts';

export interface GatewayBenchOptions {
  /** For each figure, in all rounds together. */
  readonly seconds: number;
  readonly rounds: number;
  /** Each sends its next request when the last one is answered. */
  readonly connections: number;
  /** Of each proxy at each route, before its first figure. */
  readonly warmUpSeconds: number;
  /** Ends the run early: everything that was started is stopped. */
  readonly signal?: AbortSignal;
  readonly onStep: (step: string) => void;
}

export interface GatewayReport {
  readonly machine: Machine;
  readonly loadAfter: number;
  readonly versions: {
    readonly undici: string;
    readonly httpProxyMiddleware: string;
    /** Null where it is not installed, and so not measured. */
    readonly nginx: string | null;
  };
  readonly routes: readonly GatewayRouteFigures[];
}

/** @throws {SetupError} where a process does not start, or a proxy changes an answer. */
export async function benchGateway(options: GatewayBenchOptions): Promise<GatewayReport> {
  const shutdown = createShutdown(createLogger({ name: 'bench', level: 'error', format: 'json' }));
  const interrupted = new Promise<never>((_, reject) =>
    options.signal?.addEventListener('abort', () => reject(new SetupError('interrupted'))),
  );
  interrupted.catch(() => undefined);

  async function run(): Promise<GatewayReport> {
    const machine = await describeMachine();
    options.onStep('starting processes');
    const proxies = await startProxies(shutdown);
    const child = await startChild('load client', 'bench/client/main.ts', {});
    shutdown.onStop('load client', () => child.stop());
    const inRounds = {
      ...options,
      client: createLoadClient(child),
      seconds: options.seconds / options.rounds,
    };
    const routes: GatewayRouteFigures[] = [];
    for (const route of ROUTES) routes.push(await measureRoute(route, proxies, inRounds));
    return {
      machine,
      versions: {
        undici: versionOf('undici'),
        httpProxyMiddleware: versionOf('http-proxy-middleware'),
        nginx: nginxVersion() ?? null,
      },
      routes,
      loadAfter: currentLoad(),
    };
  }

  try {
    return await Promise.race([run(), interrupted]);
  } finally {
    await shutdown.stop();
  }
}
