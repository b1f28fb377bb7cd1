import express from 'express';
import { SpanStatusCode, trace } from '@opentelemetry/api';
import { recordSpans, type RecordedSpans } from '../telemetry/testing.ts';
import { until } from '../testing/until.ts';
import { listen, type HttpServer } from './server.ts';
import { traceRequests } from './tracing.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
let spans: RecordedSpans;
let server: HttpServer;

beforeAll(async () => {
  spans = await recordSpans();
  const app = express();
  app.use(traceRequests);
  app.get('/products/:id', (_request, response) => {
    response.locals['route'] = '/products/:id';
    trace.getTracer('test').startSpan('work').end();
    response.status(503).end();
  });
  server = await listen(app, { host: '127.0.0.1', port: 0, name: 'test' });
});
afterAll(async () => {
  await server.stop(0);
  await spans.stop();
});

test('a request is a span below its caller’s, named by its route, and what it causes is below it', async () => {
  const headers = { traceparent: `00-${TRACE}-b7ad6b7169203331-01` };
  await fetch(`http://127.0.0.1:${server.port}/products/7`, { headers });
  await until(() => spans.all().length === 2);
  const request = spans.one('GET /products/:id');
  expect(request.spanContext().traceId).toBe(TRACE);
  expect(request.parentSpanContext?.spanId).toBe('b7ad6b7169203331');
  expect(request.attributes).toMatchObject({
    'http.route': '/products/:id',
    'http.response.status_code': 503,
  });
  expect(request.status.code).toBe(SpanStatusCode.ERROR);
  expect(spans.one('work').parentSpanContext?.spanId).toBe(request.spanContext().spanId);
});
