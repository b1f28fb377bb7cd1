// What the monolith is measured against: the same routes, written by hand for this database, in one Express process.
import { Pool } from 'pg';
import { z } from 'zod';
import { number, port, readConfig, setting, text } from '#platform/config.ts';
import { listen } from '#platform/http/server.ts';
import { createLogger, logSettings } from '#platform/logger.ts';
import { runProcess } from '#platform/process.ts';
import { createShutdown, stopOnSignals } from '#platform/shutdown.ts';
import { buildApp } from './app.ts';

const STOP_DEADLINE_MS = 5_000;

/** The monolith's own variables, so that both are started alike. */
const settings = {
  host: setting('SHOP_HOST', text('127.0.0.1')),
  port: setting('MONOLITH_PORT', port(0)),
  databaseUrl: setting('MONOLITH_DATABASE_URL', z.string()),
  poolSize: setting('MONOLITH_POOL_SIZE', number(20)),
  jwtSecret: setting('SHOP_JWT_SECRET', z.string()),
  providerUrl: setting('PAYMENT_PROVIDER_URL', z.url()),
  /** `yes`: without what every request of the monolith passes through. */
  bare: setting('BENCH_BARE', z.enum(['yes', 'no']).default('no')),
  ...logSettings,
};

await runProcess('baseline', async () => {
  const config = readConfig(settings);
  const log = createLogger({ name: 'baseline', level: config.logLevel, format: config.logFormat });
  const shutdown = createShutdown(log);
  stopOnSignals(shutdown, log, STOP_DEADLINE_MS);

  const pool = new Pool({ connectionString: config.databaseUrl, max: config.poolSize });
  shutdown.onStop('database', () => pool.end());

  const app = buildApp({ ...config, pool, log, bare: config.bare === 'yes' });
  const server = await listen(app, { host: config.host, port: config.port, name: 'baseline' });
  shutdown.onStop('server', () => server.stop(0));
  process.send?.({ type: 'listening', port: server.port });
});
