// The monolith: config → database → modules → listen.
import { maskSecrets } from '#platform/config.ts';
import { listen } from '#platform/http/server.ts';
import { createLogger } from '#platform/logger.ts';
import { runProcess } from '#platform/process.ts';
import { createShutdown, stopOnSignals } from '#platform/shutdown.ts';
import { startTelemetry } from '#platform/telemetry/telemetry.ts';
import { buildApp } from './app.ts';
import { readMonolithConfig } from './config.ts';
import { openDatabase } from './database.ts';
import { createHealth } from './health.ts';
import { warnOfDemoAdministrator } from './modules/customers/demo-administrator.ts';
import { startSettlement } from './modules/orders/settlement.ts';
import { createShop } from './shop.ts';

await runProcess('monolith', async () => {
  const config = readMonolithConfig();
  const log = createLogger({ name: 'monolith', level: config.logLevel, format: config.logFormat });
  log.debug({ config: maskSecrets(config) }, 'config');

  const shutdown = createShutdown(log);
  stopOnSignals(shutdown, log, config.stopDeadlineMs);

  const telemetry = await startTelemetry('monolith');
  shutdown.onStop('telemetry', () => telemetry.stop());

  const database = openDatabase(config.databaseUrl, config.poolSize);
  shutdown.onStop('database', () => database.close());

  const shop = createShop(database, config, log);
  shutdown.onStop('clients of services', () => shop.close()); // from stage-4
  const settlement = startSettlement(shop.orders, config.settlementIntervalMs, log);
  shutdown.onStop('settlement', () => settlement.stop());

  const health = createHealth(() => database.ping());
  const server = await listen(buildApp({ shop, health, log, trustedProxies: config.trustedProxies }), {
    host: config.host,
    port: config.port,
    name: 'monolith',
  });
  shutdown.onStop('server', () => server.stop(config.drainMs));
  shutdown.onStop('readiness', () => health.drain());

  void warnOfDemoAdministrator(shop.customers, log);
  log.info(`listening on http://${config.host}:${server.port}`);
  process.send?.({ type: 'listening', port: server.port });
});
