// Structured logs by pino: JSON for machines, coloured and prefixed with the process name on a terminal.
import { pino, type Logger } from 'pino';
import { PinoPretty } from 'pino-pretty';
import { oneOf, setting } from './config.ts';

export type { Logger } from 'pino';

/** The same for every process. */
export const logSettings = {
  logLevel: setting(
    'SHOP_LOG_LEVEL',
    oneOf(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  ),
  logFormat: setting(
    'SHOP_LOG_FORMAT',
    oneOf(['json', 'pretty']).default(process.stdout.isTTY ? 'pretty' : 'json'),
  ),
};

export interface LoggerOptions {
  /** The process, as it appears in front of each line: `monolith`. */
  readonly name: string;
  readonly level: string;
  readonly format: 'json' | 'pretty';
}

/** Whatever carries one of these names is a secret or a person's, wherever it stands in what is logged. */
const SECRETS = ['password', 'passwordHash', 'token', 'paymentToken', 'secret', 'authorization', 'cookie'];
const redactedPaths = SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`, `*.*.*.${name}`]);

export function createLogger({ name, level, format }: LoggerOptions): Logger {
  const options = { name, level, redact: { paths: redactedPaths, censor: '***' } };
  if (format === 'json') return pino(options);
  return pino(
    options,
    PinoPretty({
      sync: true,
      colorize: process.stdout.isTTY,
      translateTime: 'SYS:HH:MM:ss.l',
      ignore: 'pid,hostname,name,req,res,responseTime',
      messageFormat: (entry, messageKey) => `${name.padEnd(9)} │ ${String(entry[messageKey])}`,
    }),
  );
}
