// Spans that a test can look at.
import { InMemorySpanExporter, SimpleSpanProcessor, type ReadableSpan } from '@opentelemetry/sdk-trace';
import { registerTracing } from './telemetry.ts';

export interface RecordedSpans {
  /** Those that have ended so far, in that order. */
  all(): readonly ReadableSpan[];
  /** @throws {Error} where there is not exactly one of this name. */
  one(name: string): ReadableSpan;
  stop(): Promise<void>;
}

export async function recordSpans(): Promise<RecordedSpans> {
  const exporter = new InMemorySpanExporter();
  const telemetry = await registerTracing('test', new SimpleSpanProcessor({ exporter }));
  const all = () => exporter.getFinishedSpans();
  return {
    all,
    one(name) {
      const [span, ...others] = all().filter((each) => each.name === name);
      if (span === undefined || others.length > 0)
        throw new Error(
          `not one ${name} among ${all()
            .map((each) => each.name)
            .join(', ')}`,
        );
      return span;
    },
    stop: () => telemetry.stop(),
  };
}
