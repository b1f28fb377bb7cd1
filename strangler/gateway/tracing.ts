// The gateway's span of a request: below the caller's where it sent a W3C `traceparent`, and above those of the side.
import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Exchange } from './exchange.ts';
import { pathOf } from './routes/classify.ts';

/** The span ends with the answer, and says which side gave it. */
export function inSpan<T>({ request, response, match, outcome }: Exchange, work: () => T): T {
  const { method = 'GET', url = '/' } = request;
  const parent = propagation.extract(context.active(), request.headers);
  const attributes = { 'http.request.method': method, 'url.path': pathOf(url) };
  const route = match?.path ?? 'unmatched';
  const span = trace
    .getTracer('strangler/gateway')
    .startSpan(`${method} ${route}`, { kind: SpanKind.SERVER, attributes }, parent);
  response.once('close', () => {
    if (!span.isRecording()) return;
    span.setAttributes({
      'http.route': route,
      'http.response.status_code': response.statusCode,
      'shop.capability': match?.capability ?? 'none',
      'shop.side': outcome.side,
      ...(outcome.reason !== undefined && { 'shop.reason': outcome.reason }),
    });
    if (response.statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
  });
  return context.with(trace.setSpan(parent, span), work);
}

/** The headers by which a side knows the span that it works for; none where nothing is traced. */
export function traceHeaders(): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  propagation.inject(context.active(), headers);
  return headers;
}
