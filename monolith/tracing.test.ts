import { createLogger } from '#platform/logger.ts';
import { listen, type HttpServer } from '#platform/http/server.ts';
import { recordSpans, type RecordedSpans } from '#platform/telemetry/testing.ts';
import { until } from '#platform/testing/until.ts';
import { buildApp } from './app.ts';
import { createHealth } from './health.ts';
import { openTestShop, type TestShop } from './testing/test-shop.ts';

let spans: RecordedSpans;
let shop: TestShop;
let server: HttpServer;

beforeAll(async () => {
  spans = await recordSpans();
  shop = await openTestShop();
  const health = createHealth(() => Promise.resolve());
  const log = createLogger({ name: 'test', level: 'silent', format: 'json' });
  const app = buildApp({ shop: shop.shop, health, log, trustedProxies: 0 });
  server = await listen(app, { host: '127.0.0.1', port: 0, name: 'test' });
});
afterAll(async () => {
  await server.stop(0);
  await shop.close();
  await spans.stop();
});

const TRACE = '0af7651916cd43dd8448eb211c80319c';

test.each([
  ['GET /products', '/products?pageSize=1'],
  ['GET /categories', '/categories'],
])('the statements of %s are below the request, in its caller’s trace', async (name, path) => {
  const headers = { traceparent: `00-${TRACE}-b7ad6b7169203331-01` };
  await fetch(`http://127.0.0.1:${server.port}${path}`, { headers });
  await until(() => spans.all().some((span) => span.name === name));
  const request = spans.one(name);
  const statements = spans
    .all()
    .filter((span) => span.parentSpanContext?.spanId === request.spanContext().spanId);
  expect(statements.map((span) => span.name)).toEqual(['SELECT']);
  expect(statements[0]?.spanContext().traceId).toBe(TRACE);
});
