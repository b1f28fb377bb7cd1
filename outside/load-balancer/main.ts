// The load balancer's process: config → backends → front → listen; the supervisor tells it where the backends are.
import { z } from 'zod';
import { number, port, readConfig, setting, text } from '#platform/config.ts';
import { createHttpMetrics } from '#platform/http/metrics.ts';
import { listen } from '#platform/http/server.ts';
import { createLogger, logSettings } from '#platform/logger.ts';
import { runProcess } from '#platform/process.ts';
import { createShutdown, stopOnSignals } from '#platform/shutdown.ts';
import { createBackends } from './backends.ts';
import { createFront } from './front.ts';

/** Longer than an attempt may last. */
const STOP_DEADLINE_MS = 15_000;

/**
 * Longer than callers keep a connection that they do not use: they should be the ones to close it, since a request
 * that meets a connection being closed here is lost, and nobody behind them sends it again.
 */
const KEEP_ALIVE_MS = 75_000;
/** Less than its backends allow, since it adds some; more than Node's 16 KiB, by what a front may have added. */
const MAX_HEAD_BYTES = 20 * 1_024;

const list = (separator: string) =>
  text('').transform((value) =>
    value
      .split(separator)
      .map((entry) => entry.trim())
      .filter(Boolean),
  );

const settings = {
  host: setting('SHOP_HOST', text('127.0.0.1')),
  port: setting('MONOLITH_PORT', port(3000)),
  backends: setting('LOAD_BALANCER_BACKENDS', list(',')),
  /** `POST /orders`: writes whose callers have to name their own idempotency key; the shop refuses those without. */
  callersKeys: setting('LOAD_BALANCER_CALLERS_KEYS', list(',')),
  checkIntervalMs: setting('LOAD_BALANCER_CHECK_INTERVAL_MS', number(100)),
  /** For one attempt at one backend; the slowest legitimate answer takes thirteen seconds (two leases and a charge). */
  attemptMs: setting('LOAD_BALANCER_ATTEMPT_MS', number(15_000)),
  /** How long a request waits for a backend to become ready. */
  patienceMs: setting('LOAD_BALANCER_PATIENCE_MS', number(5_000)),
  drainMs: setting('SHOP_DRAIN_MS', number(200)),
  ...logSettings,
};

const backendsMessage = z.object({ type: z.literal('backends'), urls: z.array(z.url()) });

await runProcess('load balancer', async () => {
  const config = readConfig(settings);
  const log = createLogger({ name: 'balancer', level: config.logLevel, format: config.logFormat });
  const shutdown = createShutdown(log);
  stopOnSignals(shutdown, log, STOP_DEADLINE_MS);

  const backends = createBackends(config, log);
  shutdown.onStop('backends', () => backends.close());
  await backends.set(config.backends);
  process.on('message', (message) => {
    const { success, data } = backendsMessage.safeParse(message);
    if (success) void backends.set(data.urls);
  });

  const metrics = createHttpMetrics('load-balancer');
  const front = createFront({ ...config, backends, log, metrics });
  const { host } = config;
  const server = await listen(front.handle, {
    host,
    port: config.port,
    name: 'load balancer',
    keepAliveMs: KEEP_ALIVE_MS,
    maxHeadBytes: MAX_HEAD_BYTES,
  });
  shutdown.onStop('server', () => server.stop(config.drainMs));
  shutdown.onStop('readiness', () => front.drain());

  log.info(`listening on http://${host}:${server.port}`);
  process.send?.({ type: 'listening', port: server.port });
});
