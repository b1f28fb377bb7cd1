// The figures of a gateway, as it prints them: counted from when somebody looks, by side.
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createFiguresReader } from './figures.ts';

let page = '';
let server: Server;
let url: string;
beforeAll(async () => {
  server = createServer((_request, response) => response.end(page)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** @param counts up to 5 ms, up to 10 ms, all. */
function duration(
  side: string,
  status: number,
  counts: readonly [number, number, number],
  capability = 'catalog',
) {
  const labels = `method="GET",route="/products",status="${status}",capability="${capability}",access="read",side="${side}"`;
  const [five, ten, all] = counts;
  return [
    `http_request_duration_seconds_bucket{le="0.005",${labels}} ${five}`,
    `http_request_duration_seconds_bucket{le="0.01",${labels}} ${ten}`,
    `http_request_duration_seconds_bucket{le="+Inf",${labels}} ${all}`,
    `http_request_duration_seconds_count{${labels}} ${all}`,
  ].join('\n');
}
const diverted = (reason: string, count: number) =>
  `gateway_reads_diverted_total{capability="catalog",reason="${reason}"} ${count}`;

test('what was counted since it began is told by side, and nothing of before or of others', async () => {
  const figures = createFiguresReader('catalog', [url]);
  page = [duration('service', 200, [7, 8, 9]), duration('monolith', 200, [1, 1, 1])].join('\n');
  await figures.poll();
  figures.begin();
  page = [
    duration('service', 200, [57, 108, 109]),
    duration('service', 503, [0, 0, 1]),
    duration('monolith', 200, [11, 11, 11]),
    duration('service', 200, [900, 900, 900], 'inventory'),
    diverted('failed', 2),
    diverted('behind', 50),
  ].join('\n');
  await figures.poll();
  const { service, monolith } = figures.read();
  expect(service).toMatchObject({ requests: 103, failed: 3 });
  expect(service.p50Ms).toBeCloseTo(5.05, 2);
  expect(monolith).toMatchObject({ requests: 10, failed: 0, p50Ms: 2.5 });
  figures.begin();
  expect(figures.read().service).toEqual({ requests: 0, failed: 0, p50Ms: null, p99Ms: null });
});

test('a gateway that was started again counts from 0, and takes nothing back', async () => {
  const figures = createFiguresReader('catalog', [url]);
  page = duration('service', 200, [100, 100, 100]);
  await figures.poll();
  page = duration('service', 200, [3, 3, 3]);
  await figures.poll();
  expect(figures.read().service.requests).toBe(3);
});

test('one that does not answer is named in one line', async () => {
  const away = createFiguresReader('catalog', ['http://127.0.0.1:9/metrics']);
  await expect(away.poll()).rejects.toThrow(
    /^the figures of the gateway at http:\/\/127\.0\.0\.1:9\/metrics cannot be had: /,
  );
});
