// The gateway's settings, with their defaults.
import { z } from 'zod';
import { number, port, readConfig, setting, text } from '#platform/config.ts';
import { logSettings } from '#platform/logger.ts';
import { DEFAULT_TRUST } from './trust.ts';

const settings = {
  host: setting('SHOP_HOST', text('127.0.0.1')),
  port: setting('GATEWAY_PORT', port(8080)),
  /** Or of the load balancer in front of several. */
  monolithUrl: setting('GATEWAY_MONOLITH_URL', z.url()),
  /** Of a whole request. The slowest legitimate answer takes thirteen seconds: two leases and a charge. */
  deadlineMs: setting('GATEWAY_DEADLINE_MS', number(15_000)),
  maxInFlight: setting('GATEWAY_MAX_IN_FLIGHT', number(DEFAULT_TRUST.maxInFlight)),
  /** How long readiness is red before connections are refused. */
  drainMs: setting('SHOP_DRAIN_MS', number(200)),
  ...logSettings,
};

/** @throws {SetupError} one line that names every variable that is missing or wrong. */
export const readGatewayConfig = () => readConfig(settings);
