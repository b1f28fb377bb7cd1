// Rate, errors and duration of every route, in the format that Prometheus scrapes.
import type { RequestHandler } from 'express';
import { Histogram, type Registry } from 'prom-client';
import { createRegistry } from '../metrics.ts';

/** Between a process and the load balancer in front of it, which takes it off: the route's pattern. */
export const ROUTE_HEADER = 'x-route';

export interface HttpMetrics {
  /** For whatever else this process measures. */
  readonly registry: Registry;
  readonly measure: RequestHandler;
  readonly expose: RequestHandler;
  /** For a process without Express: call it when a request arrives, and what it returns when it is answered. */
  begin(): (answered: { method: string; route: string; status: string }) => void;
  /** All that was measured, as text for Prometheus. */
  read(): Promise<{ readonly contentType: string; readonly text: string }>;
}

export function createHttpMetrics(processName: string): HttpMetrics {
  const registry = createRegistry(processName);
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'From the arrival of a request to the end of its answer',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [registry],
  });

  const begin = () => duration.startTimer();
  return {
    registry,
    begin,
    measure(request, response, next) {
      const stop = begin();
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
    read: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}

/** Tells the load balancer the route of every answer, so that its figures outlive this process. */
export const tellRoute: RequestHandler = (_request, response, next) => {
  const writeHead = response.writeHead.bind(response) as (...words: unknown[]) => typeof response;
  response.writeHead = (...words: unknown[]) => {
    response.setHeader(ROUTE_HEADER, (response.locals['route'] as string | undefined) ?? 'unmatched');
    return writeHead(...words);
  };
  next();
};
