// The catalog service's settings, with their defaults.
import { z } from 'zod';
import { number, port, readConfig, setting, text } from '#platform/config.ts';
import { logSettings } from '#platform/logger.ts';

const settings = {
  host: setting('SHOP_HOST', text('127.0.0.1')),
  port: setting('CATALOG_PORT', port(50_051)),
  /** Of the page for Prometheus. */
  metricsPort: setting('CATALOG_METRICS_PORT', port(51_051)),
  databaseUrl: setting('CATALOG_DATABASE_URL', z.string()),
  poolSize: setting('CATALOG_POOL_SIZE', number(20)),
  /** The monolith's: a write's key is known here by the same hash of its request as there. */
  keysSecret: setting('SHOP_JWT_SECRET', z.string().min(32, 'must have at least 32 characters')),
  /** How long health is red before connections are refused. */
  drainMs: setting('SHOP_DRAIN_MS', number(200)),
  stopDeadlineMs: setting('SHOP_STOP_DEADLINE_MS', number(10_000)),
  ...logSettings,
};

/** @throws {SetupError} one line that names every variable that is missing or wrong. */
export const readCatalogConfig = () => readConfig(settings);
