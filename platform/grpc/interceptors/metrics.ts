// Metrics: rate, errors and duration of every call, seen from its server and from its client.
import { status } from '@grpc/grpc-js';
import { Histogram, type Registry } from 'prom-client';
import type { ClientCall, Interceptor, ServerCall } from '../interceptor.ts';
import { statusOf } from './errors.ts';

export const serverMetrics = (registry: Registry): Interceptor<ServerCall> =>
  metrics(registry, 'grpc_server_duration_seconds', 'From the arrival of a call to the end of its answer');

/** Retries included: what a caller has waited. */
export const clientMetrics = (registry: Registry): Interceptor<ClientCall> =>
  metrics(
    registry,
    'grpc_client_duration_seconds',
    'From the start of a call to its outcome, retries included',
  );

const LABELS = ['service', 'method', 'code'] as const;

function metrics(registry: Registry, name: string, help: string): Interceptor<ServerCall | ClientCall> {
  // Several clients of one process count into the same histogram.
  const duration =
    (registry.getSingleMetric(name) as Histogram<(typeof LABELS)[number]> | undefined) ??
    new Histogram({
      name,
      help,
      labelNames: LABELS,
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      registers: [registry],
    });

  return async ({ service, method }, next) => {
    const stop = duration.startTimer({ service, method });
    try {
      await next();
      stop({ code: status[status.OK] });
    } catch (error) {
      stop({ code: status[statusOf(error)] });
      throw error;
    }
  };
}
