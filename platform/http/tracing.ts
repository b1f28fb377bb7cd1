// The edge of a trace: a span for every HTTP request, below the caller's where it sent a W3C `traceparent`.
import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { RequestHandler } from 'express';

/** Comes before whatever shall be part of the trace. */
export const traceRequests: RequestHandler = (request, response, next) => {
  const { method } = request;
  const parent = propagation.extract(context.active(), request.headers);
  const attributes = { 'http.request.method': method, 'url.path': request.path };
  const span = trace
    .getTracer('platform/http')
    .startSpan(method, { kind: SpanKind.SERVER, attributes }, parent);
  response.once('close', () => {
    // A route's pattern, never its path, as in the metrics: what is alike shall have one name.
    const route = (response.locals['route'] as string | undefined) ?? 'unmatched';
    span.updateName(`${method} ${route}`);
    span.setAttributes({ 'http.route': route, 'http.response.status_code': response.statusCode });
    if (response.statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
  });
  context.with(trace.setSpan(parent, span), next);
};
