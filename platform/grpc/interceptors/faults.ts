// Faults on purpose: inert, but in the server that SHOP_FAULTS_IN names. For trying what notices them.
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { number, readConfig, setting } from '../../config.ts';
import type { ServerInterceptor } from '../interceptor.ts';

export interface Faults {
  /** Milliseconds, before each call. */
  readonly delayMs: number;
  /** Of a thousand calls, how many fail as by a mistake in the program: evenly, so that each run is the same. */
  readonly errors: number;
}

const settings = {
  server: setting('SHOP_FAULTS_IN', z.string().optional()),
  delayMs: setting('SHOP_FAULTS_DELAY_MS', number(0)),
  errors: setting('SHOP_FAULTS_ERRORS', number(0)),
};

/** @param server its name: `catalog`. @returns undefined for all others. */
export function faultsOf(server: string): Faults | undefined {
  const { server: faulty, ...faults } = readConfig(settings);
  return faulty === server ? faults : undefined;
}

/** Health and reflection go on: what is wrong with such a server, none of them would tell. */
export function serverFaults({ delayMs, errors }: Faults): ServerInterceptor {
  let due = 0;
  return async ({ service }, next) => {
    if (service.startsWith('grpc.')) return next();
    if (delayMs > 0) await sleep(delayMs);
    due += errors;
    if (due >= 1_000) {
      due -= 1_000;
      throw new Error('a fault on purpose: SHOP_FAULTS_ERRORS');
    }
    await next();
  };
}
