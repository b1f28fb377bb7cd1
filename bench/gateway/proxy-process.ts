// The process of a proxy that is measured beside the gateway: it is told where the monolith is, and tells where it listens.
import type { RequestListener } from 'node:http';
import { z } from 'zod';
import { readConfig, setting } from '#platform/config.ts';
import { listen } from '#platform/http/server.ts';
import { createLogger } from '#platform/logger.ts';
import { runProcess } from '#platform/process.ts';
import { createShutdown, stopOnSignals } from '#platform/shutdown.ts';

const STOP_DEADLINE_MS = 5_000;

const settings = { monolithUrl: setting('GATEWAY_MONOLITH_URL', z.url()) };

export const runProxy = (name: string, build: (monolithUrl: string) => RequestListener): Promise<void> =>
  runProcess(name, async () => {
    const { monolithUrl } = readConfig(settings);
    const log = createLogger({ name, level: 'warn', format: 'json' });
    const shutdown = createShutdown(log);
    stopOnSignals(shutdown, log, STOP_DEADLINE_MS);
    const server = await listen(build(monolithUrl), { host: '127.0.0.1', port: 0, name });
    shutdown.onStop('server', () => server.stop(0));
    process.send?.({ type: 'listening', port: server.port });
  });
