// Rate, errors and duration of every request by route, capability and side: what a migration is steered by.
import { Gauge, Histogram } from 'prom-client';
import { createRegistry } from '#platform/metrics.ts';
import type { Match } from './routes/classify.ts';
import type { Trust } from './trust.ts';

export interface Watched {
  readonly side: string;
  /** Of a side that has only one. */
  readonly capability?: string;
  readonly trust: Pick<Trust, 'inFlight' | 'isOpen'>;
}

export type GatewayMetrics = ReturnType<typeof createGatewayMetrics>;

export function createGatewayMetrics(sides: readonly Watched[]) {
  const watched = [...sides];
  const registry = createRegistry('gateway');
  const duration = new Histogram({
    // As in every process that serves HTTP.
    name: 'http_request_duration_seconds',
    help: 'From the arrival of a request to the end of its answer',
    labelNames: ['method', 'route', 'status', 'capability', 'access', 'side'] as const,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [registry],
  });
  const gauge = (name: string, help: string, valueOf: (trust: Watched['trust']) => number) =>
    new Gauge({
      name,
      help,
      labelNames: ['side', 'capability'] as const,
      registers: [registry],
      collect() {
        this.reset();
        // A service is watched twice, for its reads and for its writes.
        for (const { side, capability, trust } of watched)
          this.inc(capability === undefined ? { side } : { side, capability }, valueOf(trust));
      },
    });
  gauge('gateway_requests_in_flight', 'Requests that a side has not answered whole', (trust) =>
    trust.inFlight(),
  );
  gauge('gateway_circuit_open', '1 while a side that did not answer is left alone', (trust) =>
    Number(trust.isOpen()),
  );
  return {
    /** For whatever else this process measures. */
    registry,
    watch: (another: Watched) => void watched.push(another),
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
