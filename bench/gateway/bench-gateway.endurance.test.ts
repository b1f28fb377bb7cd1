import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { benchGateway, type GatewayReport } from './bench-gateway.ts';
import { measureRoute } from './figures.ts';
import { nginxVersion } from './nginx.ts';
import { PROXIES } from './proxies.ts';
import { ROUTES } from './questions.ts';
import { countGatewayErrors, formatGatewayReport, NO_NGINX } from './report.ts';

/** What is tested is that everything is measured, not how fast it is. */
const size = { seconds: 0.4, rounds: 2, connections: 4, warmUpSeconds: 0.05 };

const present = PROXIES.filter((name) => name !== 'nginx' || nginxVersion() !== undefined);
let report: GatewayReport;

beforeAll(async () => {
  report = await benchGateway({ ...size, onStep: () => undefined });
});

test('every proxy that there is is measured at every route, and no answer is an error', () => {
  expect(report.routes.map(({ route }) => route)).toEqual(ROUTES);
  for (const { proxies } of report.routes) {
    expect(proxies.map(({ name }) => name)).toEqual(present);
    for (const { throughput, p50, p99, ratios, name } of proxies) {
      for (const figure of [throughput.median, p50, p99]) expect(figure).toBeGreaterThan(0);
      expect(ratios === null).toBe(name === 'gateway');
    }
  }
  expect(countGatewayErrors(report)).toBe(0);
});

test('the report has a row for each, and says what was met and what was missed', () => {
  const text = formatGatewayReport(report);
  for (const route of ROUTES)
    expect(text.match(new RegExp(`^\\| ${route} `, 'gm'))).toHaveLength(present.length * 2 - 1);
  const judged = present.filter((name) => ['bare', 'express', 'nginx'].includes(name));
  expect(text.match(/ (met|MISSED) /g)).toHaveLength(judged.length * ROUTES.length);
});

test('without nginx it measures the rest, and says what to do', () => {
  const without = { ...report, versions: { ...report.versions, nginx: null } };
  expect(formatGatewayReport(without)).toContain(NO_NGINX);
});

test('a proxy that changes an answer is not measured', async () => {
  const wrong = createServer((_request, response) => void response.end('{}'));
  await new Promise<void>((resolve) => wrong.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(wrong.address() as AddressInfo).port}`;
  const client = { run: () => Promise.reject(new Error('it was asked to measure')) };
  const proxy = { name: 'bare', origin, cpuSeconds: () => Promise.resolve(0) } as const;
  await expect(
    measureRoute('read of 1 KB', [proxy], { ...size, client, onStep: () => undefined }),
  ).rejects.toThrow('read of 1 KB: what is answered through bare is not what the backend answers');
  wrong.close();
});
