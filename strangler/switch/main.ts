// The switch's process: config → telemetry → database → listen.
import { maskSecrets } from '#platform/config.ts';
import { listen } from '#platform/http/server.ts';
import { createLogger } from '#platform/logger.ts';
import { createRegistry, metricsPage } from '#platform/metrics.ts';
import { runProcess } from '#platform/process.ts';
import { createShutdown, stopOnSignals } from '#platform/shutdown.ts';
import { startTelemetry } from '#platform/telemetry/telemetry.ts';
import { readSwitchConfig } from './config.ts';
import { openDatabase } from './database.ts';
import { findReplicas } from './find-replicas.ts';
import { listenSwitch } from './server.ts';

await runProcess('switch', async () => {
  const config = readSwitchConfig();
  const { host, port } = config;
  const log = createLogger({ name: 'switch', level: config.logLevel, format: config.logFormat });
  log.debug({ config: maskSecrets(config) }, 'config');

  const shutdown = createShutdown(log);
  stopOnSignals(shutdown, log, config.stopDeadlineMs);

  const telemetry = await startTelemetry('switch');
  shutdown.onStop('telemetry', () => telemetry.stop());

  const database = openDatabase(config.databaseUrl, log);
  shutdown.onStop('database', () => database.close());

  const registry = createRegistry('switch');
  const metrics = await listen(metricsPage(registry), {
    host,
    port: config.metricsPort,
    name: 'switch metrics',
  });
  shutdown.onStop('metrics', () => metrics.stop(0));

  const { serverUrl, serviceServerUrl, databasePrefix } = config;
  const replicas = findReplicas(undefined, serverUrl, databasePrefix, serviceServerUrl);
  const server = await listenSwitch({ host, port, database, replicas, log, registry });
  const forceMs = Math.max(0, config.stopDeadlineMs - config.drainMs) / 2;
  shutdown.onStop('server', () => server.stop(config.drainMs, forceMs));

  log.info(`listening on ${host}:${server.port}, with figures at http://${host}:${metrics.port}/metrics`);
  process.send?.({ type: 'listening', port: server.port });
});
