// The payment provider's process: config → ledger → app → listen.
import { join } from 'node:path';
import { port, readConfig, setting, text } from '#platform/config.ts';
import { listen } from '#platform/http/server.ts';
import { createLogger, logSettings } from '#platform/logger.ts';
import { dataFolder } from '#platform/paths.ts';
import { SetupError } from '#platform/setup-error.ts';
import { createShutdown, stopOnSignals } from '#platform/shutdown.ts';
import { buildApp } from './app.ts';
import { openLedger } from './ledger.ts';

const STOP_DEADLINE_MS = 5_000;

const settings = {
  host: setting('SHOP_HOST', text('127.0.0.1')),
  port: setting('PAYMENT_PROVIDER_PORT', port(4010)),
  ledgerFile: setting(
    'PAYMENT_PROVIDER_LEDGER',
    text(join(dataFolder(), 'payment-provider', 'ledger.jsonl')),
  ),
  ...logSettings,
};

async function main(): Promise<void> {
  const config = readConfig(settings);
  const log = createLogger({ name: 'provider', level: config.logLevel, format: config.logFormat });
  const shutdown = createShutdown(log);

  const ledger = await openLedger(config.ledgerFile);
  shutdown.onStop('the ledger', () => ledger.close());

  const stopping = new AbortController();
  const app = buildApp({ ledger, log, stopping: stopping.signal });
  const server = await listen(app, { host: config.host, port: config.port, name: 'payment provider' });
  shutdown.onStop('the server', () => server.stop(0));
  shutdown.onStop('waiting requests', () => stopping.abort());

  stopOnSignals(shutdown, log, STOP_DEADLINE_MS);
  log.info(`listening on http://${config.host}:${server.port}, ledger ${config.ledgerFile}`);
  process.send?.({ type: 'listening', port: server.port });
}

try {
  await main();
} catch (error) {
  console.error(error instanceof SetupError ? `payment provider: ${error.message}` : error);
  process.exit(1);
}
