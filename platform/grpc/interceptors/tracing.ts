// Tracing: a span for every call on either side, the context of which travels in the metadata as W3C `traceparent`.
import { Metadata, status } from '@grpc/grpc-js';
import {
  context,
  propagation,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type TextMapGetter,
  type TextMapSetter,
} from '@opentelemetry/api';
import type { ClientInterceptor, ServerInterceptor } from '../interceptor.ts';
import type { MethodName } from '../service.ts';
import { statusOf } from './errors.ts';

const getter: TextMapGetter<Metadata> = {
  keys: (metadata) => Object.keys(metadata.getMap()),
  get: (metadata, key) => metadata.get(key).map(String),
};
const setter: TextMapSetter<Metadata> = { set: (metadata, key, value) => metadata.set(key, value) };

export const serverTracing: ServerInterceptor = (call, next) =>
  inSpan(call, SpanKind.SERVER, propagation.extract(context.active(), call.metadata, getter), next);

export const clientTracing: ClientInterceptor = (call, next) =>
  inSpan(call, SpanKind.CLIENT, context.active(), () => {
    propagation.inject(context.active(), call.metadata, setter);
    return next();
  });

function inSpan(
  { service, method }: MethodName,
  kind: SpanKind,
  parent: Context,
  next: () => Promise<void>,
): Promise<void> {
  const attributes = { 'rpc.system': 'grpc', 'rpc.service': service, 'rpc.method': method };
  const tracer = trace.getTracer('platform/grpc');
  return tracer.startActiveSpan(`${service}/${method}`, { kind, attributes }, parent, async (span) => {
    try {
      await next();
      span.setAttribute('rpc.grpc.status_code', status.OK);
    } catch (error) {
      span.setAttribute('rpc.grpc.status_code', statusOf(error));
      // A server that refuses a bad request has not failed; its client has.
      if (kind === SpanKind.CLIENT || SERVER_FAILURES.has(statusOf(error)))
        span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });
}

const SERVER_FAILURES: ReadonlySet<status> = new Set([
  status.UNKNOWN,
  status.DEADLINE_EXCEEDED,
  status.UNIMPLEMENTED,
  status.INTERNAL,
  status.UNAVAILABLE,
  status.DATA_LOSS,
]);
