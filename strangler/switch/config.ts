// The switch's settings, with their defaults.
import { z } from 'zod';
import { number, port, readConfig, setting, text } from '#platform/config.ts';
import { logSettings } from '#platform/logger.ts';

/** Where it listens, and where its commands look for it. */
export const addressSettings = {
  host: setting('SHOP_HOST', text('127.0.0.1')),
  port: setting('SWITCH_PORT', port(50_050)),
};

const settings = {
  ...addressSettings,
  /** Of the page for Prometheus. */
  metricsPort: setting('SWITCH_METRICS_PORT', port(51_050)),
  /** Its own. */
  databaseUrl: setting('SWITCH_DATABASE_URL', z.string()),
  /** The server with the databases of both sides, as a login that may look into them and write heartbeats. */
  serverUrl: setting('SWITCH_SERVER_URL', z.string()),
  /** The same for the services' databases, where they lie on a server of their own. */
  serviceServerUrl: setting('SWITCH_SERVICE_SERVER_URL', z.string().optional()),
  /** What the names of those databases begin with. */
  databasePrefix: setting('SWITCH_DATABASE_PREFIX', text('shop')),
  /** How long health is red before connections are refused. */
  drainMs: setting('SHOP_DRAIN_MS', number(200)),
  stopDeadlineMs: setting('SHOP_STOP_DEADLINE_MS', number(10_000)),
  ...logSettings,
};

/** @throws {SetupError} one line that names every variable that is missing or wrong. */
export const readSwitchConfig = () => readConfig(settings);
