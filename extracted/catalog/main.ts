// The catalog service: config → telemetry → database → use cases → listen.
import { maskSecrets } from '#platform/config.ts';
import { listen } from '#platform/http/server.ts';
import { createLogger } from '#platform/logger.ts';
import { createRegistry, metricsPage } from '#platform/metrics.ts';
import { runProcess } from '#platform/process.ts';
import { createShutdown, stopOnSignals } from '#platform/shutdown.ts';
import { startTelemetry } from '#platform/telemetry/telemetry.ts';
import { readCatalogConfig } from './config.ts';
import { openDatabase } from './database.ts';
import { listenCatalog } from './server.ts';

await runProcess('catalog', async () => {
  const config = readCatalogConfig();
  const { host } = config;
  const log = createLogger({ name: 'catalog', level: config.logLevel, format: config.logFormat });
  log.debug({ config: maskSecrets(config) }, 'config');

  const shutdown = createShutdown(log);
  stopOnSignals(shutdown, log, config.stopDeadlineMs);

  const telemetry = await startTelemetry('catalog');
  shutdown.onStop('telemetry', () => telemetry.stop());

  const database = openDatabase(config.databaseUrl, config.poolSize);
  shutdown.onStop('database', () => database.close());

  const registry = createRegistry('catalog');
  const metrics = await listen(metricsPage(registry), {
    host,
    port: config.metricsPort,
    name: 'catalog metrics',
  });
  shutdown.onStop('metrics', () => metrics.stop(0));

  const { port, keysSecret } = config;
  const server = await listenCatalog({ host, port, database, keysSecret, log, registry });
  // A call that never ends, of a client that froze, must not take the time of what stops after it.
  const forceMs = Math.max(0, config.stopDeadlineMs - config.drainMs) / 2;
  shutdown.onStop('server', () => server.stop(config.drainMs, forceMs));

  log.info(`listening on ${host}:${server.port}, with figures at http://${host}:${metrics.port}/metrics`);
  process.send?.({ type: 'listening', port: server.port });
});
