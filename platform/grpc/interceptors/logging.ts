// Logging: one line for every call that ends, with the id under which its whole request is logged everywhere.
import { status } from '@grpc/grpc-js';
import type { Logger } from '../../logger.ts';
import type { ClientCall, Interceptor, ServerCall } from '../interceptor.ts';
import { statusOf } from './errors.ts';

export const serverLogging = (log: Logger): Interceptor<ServerCall> => logging(log, '←');
export const clientLogging = (log: Logger): Interceptor<ClientCall> => logging(log, '→');

function logging(log: Logger, direction: string): Interceptor<ServerCall | ClientCall> {
  return async ({ service, method, context: { requestId } }, next) => {
    const start = performance.now();
    const write = (code: status) => {
      const ms = Math.round(performance.now() - start);
      const entry = { requestId, service, method, code: status[code], ms };
      log[levelOf(code)](entry, `${direction} ${service}/${method} ${status[code]} in ${ms} ms`);
    };
    try {
      await next();
      write(status.OK);
    } catch (error) {
      write(statusOf(error));
      throw error;
    }
  };
}

function levelOf(code: status): 'debug' | 'warn' | 'error' {
  if (code === status.INTERNAL || code === status.UNKNOWN || code === status.DATA_LOSS) return 'error';
  return code === status.UNAVAILABLE || code === status.DEADLINE_EXCEEDED ? 'warn' : 'debug';
}
