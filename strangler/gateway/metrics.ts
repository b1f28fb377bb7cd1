// Rate, errors and duration of every request by route, capability and side: what a migration is steered by.
import { Histogram } from 'prom-client';
import { createRegistry } from '#platform/metrics.ts';
import type { Match } from './routes/classify.ts';

export type GatewayMetrics = ReturnType<typeof createGatewayMetrics>;

export function createGatewayMetrics() {
  const registry = createRegistry('gateway');
  const duration = new Histogram({
    // As in every process that serves HTTP.
    name: 'http_request_duration_seconds',
    help: 'From the arrival of a request to the end of its answer',
    labelNames: ['method', 'route', 'status', 'capability', 'access', 'side'] as const,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [registry],
  });
  return {
    registry,
    /** Call it when a request arrives, and what it returns when it is answered. */
    begin() {
      const stop = duration.startTimer();
      return (method: string, status: number, side: string, match?: Match): void => {
        const { path: route = 'unmatched', capability = 'none', access = 'none' } = match ?? {};
        stop({ method, route, status: String(status), capability, access, side });
      };
    },
    read: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}
