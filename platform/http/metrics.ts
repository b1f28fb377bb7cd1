// Rate, errors and duration of every route, in the format that Prometheus scrapes.
import type { RequestHandler } from 'express';
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';

export interface HttpMetrics {
  readonly measure: RequestHandler;
  readonly expose: RequestHandler;
}

export function createHttpMetrics(processName: string): HttpMetrics {
  const registry = new Registry();
  registry.setDefaultLabels({ process: processName });
  collectDefaultMetrics({ register: registry });
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'From the arrival of a request to the end of its answer',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [registry],
  });

  return {
    measure(request, response, next) {
      const stop = duration.startTimer();
      response.once('close', () => {
        // A route's pattern, never its path: a label per product would fill the memory of whoever scrapes.
        const route = (response.locals['route'] as string | undefined) ?? 'unmatched';
        stop({ method: request.method, route, status: String(response.statusCode) });
      });
      next();
    },
    async expose(_request, response) {
      response.type(registry.contentType).send(await registry.metrics());
    },
  };
}
