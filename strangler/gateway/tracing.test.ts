import { until } from '#platform/testing/until.ts';
import { recordSpans } from '#platform/telemetry/testing.ts';
import { startGateway, startMonolith } from './testing.ts';

test('the span of a request hangs below the caller and above the side, and says which side answered', async () => {
  const spans = await recordSpans();
  try {
    await using monolith = await startMonolith();
    await using gateway = await startGateway(monolith);
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    await gateway.fetch('/products/1', {
      headers: { traceparent: `00-${traceId}-b7ad6b7169203331-01` },
    });
    await until(() => spans.all().length === 1);
    const span = spans.one('GET /products/:id');
    expect(span.parentSpanContext?.spanId).toBe('b7ad6b7169203331');
    expect(span.attributes).toMatchObject({
      'http.route': '/products/:id',
      'http.response.status_code': 200,
      'shop.capability': 'catalog',
      'shop.side': 'monolith',
    });
    const { spanId } = span.spanContext();
    expect(monolith.received[0]?.headers['traceparent']).toBe(`00-${traceId}-${spanId}-01`);
  } finally {
    await spans.stop();
  }
});
