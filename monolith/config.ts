// The monolith's settings, with their defaults.
import { z } from 'zod';
import { number, port, readConfig, setting, text } from '#platform/config.ts';
import { logSettings } from '#platform/logger.ts';
import { DEFAULT_COST } from './modules/customers/passwords.ts';

const settings = {
  host: setting('SHOP_HOST', text('127.0.0.1')),
  port: setting('MONOLITH_PORT', port(3000)),
  /** How many proxies in front are believed when they say, in x-forwarded-for, where a request comes from. */
  trustedProxies: setting('SHOP_TRUST_PROXY', number(0)),
  databaseUrl: setting('MONOLITH_DATABASE_URL', z.string()),
  poolSize: setting('MONOLITH_POOL_SIZE', number(20)),
  jwtSecret: setting('SHOP_JWT_SECRET', z.string().min(32, 'must have at least 32 characters')),
  /** Seconds. */
  sessionLifetime: setting('SHOP_SESSION_LIFETIME', number(12 * 60 * 60)),
  scryptCost: setting('SHOP_SCRYPT_COST', number(DEFAULT_COST)),
  catalogAddress: setting('MONOLITH_CATALOG_ADDRESS', z.string().optional()), // from stage-4
  paymentProviderUrl: setting('PAYMENT_PROVIDER_URL', z.url()),
  paymentTimeoutMs: setting('SHOP_PAYMENT_TIMEOUT_MS', number(3_000)),
  settlementIntervalMs: setting('SHOP_SETTLEMENT_INTERVAL_MS', number(1_000)),
  /** How long readiness is red before connections are refused. */
  drainMs: setting('SHOP_DRAIN_MS', number(200)),
  stopDeadlineMs: setting('SHOP_STOP_DEADLINE_MS', number(10_000)),
  ...logSettings,
};

export type MonolithConfig = ReturnType<typeof readMonolithConfig>;

/** @throws {SetupError} one line that names every variable that is missing or wrong. */
export const readMonolithConfig = () => readConfig(settings);
