import { Counter } from 'prom-client';
import { listen, type HttpServer } from './http/server.ts';
import { createRegistry, metricsPage } from './metrics.ts';

let server: HttpServer;
const registry = createRegistry('catalog');

beforeAll(async () => {
  new Counter({ name: 'teapots_total', help: 'Teapots', registers: [registry] }).inc(3);
  server = await listen(metricsPage(registry), { host: '127.0.0.1', port: 0, name: 'test' });
});
afterAll(() => server.stop(0));

test('the page has what was counted and what Node tells of itself, under the name of the process', async () => {
  const response = await fetch(`http://127.0.0.1:${server.port}/metrics`);
  expect(response.headers.get('content-type')).toContain('text/plain');
  const text = await response.text();
  expect(text).toContain('teapots_total{process="catalog"} 3');
  expect(text).toMatch(/^nodejs_eventloop_lag_seconds\{process="catalog"\}/m);
});

test('there is nothing else', async () => {
  expect((await fetch(`http://127.0.0.1:${server.port}/`)).status).toBe(404);
});
