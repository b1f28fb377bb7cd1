// The gateway's process: config → telemetry → backends → gateway → listen.
import { maskSecrets } from '#platform/config.ts';
import { listen } from '#platform/http/server.ts';
import { createLogger } from '#platform/logger.ts';
import { runProcess } from '#platform/process.ts';
import { createShutdown, stopOnSignals } from '#platform/shutdown.ts';
import { startTelemetry } from '#platform/telemetry/telemetry.ts';
import { buildGateway, MAX_HEAD_BYTES } from './app.ts';
import { createBackend } from './backend.ts';
import { readGatewayConfig } from './config.ts';
import { layOver } from './layers.ts';
import { createGatewayMetrics } from './metrics.ts';
import { forwardTo } from './proxy.ts';

/** Beyond the deadline of a request, which may have begun just before. */
const STOP_MARGIN_MS = 2_000;

/**
 * Longer than callers keep a connection that they do not use: they should be the ones to close it, since a request that
 * meets a connection being closed here is lost.
 */
const KEEP_ALIVE_MS = 75_000;

await runProcess('gateway', async () => {
  const config = readGatewayConfig();
  const log = createLogger({ name: 'gateway', level: config.logLevel, format: config.logFormat });
  log.debug({ config: maskSecrets(config) }, 'config');

  const shutdown = createShutdown(log);
  stopOnSignals(shutdown, log, config.drainMs + config.deadlineMs + STOP_MARGIN_MS);

  const telemetry = await startTelemetry('gateway');
  shutdown.onStop('telemetry', () => telemetry.stop());

  const monolith = createBackend({ ...config, side: 'monolith', url: config.monolithUrl, log });
  shutdown.onStop('monolith', () => monolith.close());

  const metrics = createGatewayMetrics([monolith]);
  const forward = layOver(forwardTo(monolith), { metrics, log, shutdown });
  const gateway = buildGateway({ monolith, forward, metrics, log, deadlineMs: config.deadlineMs });
  const server = await listen(gateway.handle, {
    host: config.host,
    port: config.port,
    name: 'gateway',
    keepAliveMs: KEEP_ALIVE_MS,
    maxHeadBytes: MAX_HEAD_BYTES,
  });
  shutdown.onStop('server', () => server.stop(config.drainMs));
  shutdown.onStop('readiness', () => gateway.drain());

  log.info(`listening on http://${config.host}:${server.port}`);
  process.send?.({ type: 'listening', port: server.port });
});
