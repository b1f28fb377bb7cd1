// Where traced processes send their spans: an OTLP endpoint that only counts them, for each process pair by itself.
import { json } from 'node:stream/consumers';
import { listen } from '#platform/http/server.ts';

export interface SpanSink {
  /** For OTEL_EXPORTER_OTLP_ENDPOINT. @param pair one word. */
  endpointFor(pair: string): string;
  /** So far. */
  spansOf(pair: string): number;
  stop(): Promise<void>;
}

interface Export {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly { readonly spans: readonly unknown[] }[];
  }[];
}

export async function openSpanSink(): Promise<SpanSink> {
  const counts = new Map<string, number>();
  const server = await listen(
    (request, response) => {
      const pair = request.url?.split('/')[1] ?? '';
      void json(request).then(
        (body) => {
          const scopes = (body as Export).resourceSpans.flatMap(({ scopeSpans }) => scopeSpans);
          const spans = scopes.reduce((sum, scope) => sum + scope.spans.length, 0);
          counts.set(pair, (counts.get(pair) ?? 0) + spans);
          response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');
        },
        () => response.writeHead(400).end(),
      );
    },
    { host: '127.0.0.1', port: 0, name: 'span sink' },
  );
  return {
    endpointFor: (pair) => `http://127.0.0.1:${server.port}/${pair}`,
    spansOf: (pair) => counts.get(pair) ?? 0,
    stop: () => server.stop(0),
  };
}
