// A process's figures: one registry, and a page for Prometheus where the process serves no other HTTP.
import type { RequestListener } from 'node:http';
import { collectDefaultMetrics, Registry } from 'prom-client';

/** With what Node tells of itself: memory, event loop, garbage collection. */
export function createRegistry(processName: string): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ process: processName });
  collectDefaultMetrics({ register: registry });
  return registry;
}

/** `listen(metricsPage(registry), { host, port, name })`: GET /metrics, and nothing else. */
export const metricsPage =
  (registry: Registry): RequestListener =>
  (request, response) => {
    if (request.method !== 'GET' || request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    void registry.metrics().then(
      (text) => response.writeHead(200, { 'Content-Type': registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  };
