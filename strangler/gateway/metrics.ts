// Rate, errors and duration of every request by route, capability and side: what a migration is steered by.
import { Gauge, Histogram } from 'prom-client';
import { createRegistry } from '#platform/metrics.ts';
import type { Backend } from './backend.ts';
import type { Match } from './routes/classify.ts';

export type GatewayMetrics = ReturnType<typeof createGatewayMetrics>;

export function createGatewayMetrics(backends: readonly Backend[]) {
  const registry = createRegistry('gateway');
  const duration = new Histogram({
    // As in every process that serves HTTP.
    name: 'http_request_duration_seconds',
    help: 'From the arrival of a request to the end of its answer',
    labelNames: ['method', 'route', 'status', 'capability', 'access', 'side'] as const,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [registry],
  });
  const gauge = (name: string, help: string, valueOf: (backend: Backend) => number) =>
    new Gauge({
      name,
      help,
      labelNames: ['side'] as const,
      registers: [registry],
      collect() {
        for (const backend of backends) this.set({ side: backend.side }, valueOf(backend));
      },
    });
  gauge('gateway_requests_in_flight', 'Requests that a side has not answered whole', ({ trust }) =>
    trust.inFlight(),
  );
  gauge('gateway_circuit_open', '1 while a side that did not answer is left alone', ({ trust }) =>
    Number(trust.isOpen()),
  );

  return {
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
