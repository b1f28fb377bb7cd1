// Switches tracing on for a process: spans go by OTLP to wherever OTEL_EXPORTER_OTLP_ENDPOINT names. Without it nothing is
// registered, and OpenTelemetry's interface, which the rest of the platform calls, does nothing.
import type { SpanProcessor } from '@opentelemetry/sdk-trace';
import { z } from 'zod';
import { readConfig, setting } from '../config.ts';

export interface Telemetry {
  /** Sends what is still here, and ends. */
  stop(): Promise<void>;
}

const settings = { endpoint: setting('OTEL_EXPORTER_OTLP_ENDPOINT', z.url().optional()) };

/** @param service as it is named in traces: `catalog`. Call it before anything that shall be traced is built. */
export async function startTelemetry(service: string): Promise<Telemetry> {
  const { endpoint } = readConfig(settings);
  if (endpoint === undefined) return { stop: () => Promise.resolve() };
  // Loaded only where it is used: it takes longer than the rest of a small process.
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http');
  const { BatchSpanProcessor } = await import('@opentelemetry/sdk-trace');
  const url = `${endpoint.replace(/\/$/, '')}/v1/traces`;
  return registerTracing(service, new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url }) }));
}

/** Makes the processor get every span of this process, and W3C headers be understood and written. */
export async function registerTracing(service: string, spans: SpanProcessor): Promise<Telemetry> {
  const { context, propagation, trace } = await import('@opentelemetry/api');
  const { AsyncLocalStorageContextManager } = await import('@opentelemetry/context-async-hooks');
  const { W3CTraceContextPropagator } = await import('@opentelemetry/core');
  const { resourceFromAttributes } = await import('@opentelemetry/resources');
  const { TracerProvider } = await import('@opentelemetry/sdk-trace');

  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': service }),
    spanProcessors: [spans],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(provider);
  return {
    async stop() {
      await provider.shutdown();
      trace.disable();
      propagation.disable();
      context.disable();
    },
  };
}
