// The gateway over HTTP: every request is classified, counted, logged, and sent to a side. Opens no port, so tests use it too.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ShopError } from '#platform/errors.ts';
import { apology, problemAnswer } from '#platform/http/problem.ts';
import { requestLog } from '#platform/http/request-log.ts';
import type { Logger } from '#platform/logger.ts';
import type { Backend } from './backend.ts';
import { openExchange, type Exchange } from './exchange.ts';
import { createOwnPages } from './health.ts';
import type { GatewayMetrics } from './metrics.ts';
import { CallerGone } from './problems.ts';
import type { Forward } from './proxy.ts';
import { createClassifier, pathOf } from './routes/classify.ts';
import { TABLE } from './routes/table.ts';
import { inSpan } from './tracing.ts';

export interface GatewayDependencies {
  /** Whose readiness is the shop's. */
  readonly monolith: Backend;
  /** Where every request goes that is not for the gateway itself. */
  readonly forward: Forward;
  readonly metrics: GatewayMetrics;
  readonly log: Logger;
  /** For a whole request, from its first byte to the last of its answer. */
  readonly deadlineMs: number;
}

export interface Gateway {
  /** From now on not ready, for whoever distributes traffic to see. */
  drain(): void;
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void;
}

/** Of a request without its body: less than the backends take, since headers are added on the way there. */
export const MAX_HEAD_BYTES = 16 * 1_024;

/** What x-served-by and metrics say of answers that no side gave. */
const OURSELVES = 'gateway';

export function buildGateway(dependencies: GatewayDependencies): Gateway {
  const { monolith, forward, metrics, log, deadlineMs } = dependencies;
  const classify = createClassifier(TABLE);
  const own = createOwnPages(monolith, metrics);
  const exchanges = new WeakMap<IncomingMessage, Exchange>();
  const describe = (request: IncomingMessage) => {
    const { match, outcome: { side, reason } = { side: OURSELVES } } = exchanges.get(request) ?? {};
    const { capability = 'none', access = 'none' } = match ?? {};
    return { capability, access, servedBy: side, reason };
  };
  const logRequest = requestLog(log, { describe, tellId: false });

  async function serve(exchange: Exchange): Promise<void> {
    const { request, response, match, outcome } = exchange;
    const { method = 'GET', url = '/' } = request;
    const page = own.find(method, pathOf(url));
    const stop = metrics.begin();
    response.once('close', () => stop(method, response.statusCode, outcome.side, match));
    try {
      if (page === undefined) return await forward(exchange);
      outcome.side = OURSELVES;
      const { status, contentType, text } = await page();
      send(exchange, { status, headers: { 'content-type': contentType }, body: text });
    } catch (error) {
      if (response.headersSent || error instanceof CallerGone) throw error;
      outcome.side = OURSELVES;
      if (!(error instanceof ShopError)) log.error({ err: error, requestId: request.id }, 'unexpected error');
      else log.debug({ err: error, requestId: request.id }, error.message);
      // What was not read of it would be taken for the next request.
      if (!request.complete) response.setHeader('connection', 'close');
      send(exchange, problemAnswer(error instanceof ShopError ? error : apology(request.id), request.id));
    }
  }

  return {
    drain: () => own.drain(),
    handle(request, response) {
      logRequest(request, response);
      const exchange = openExchange(request, response, classify(request), deadlineMs);
      exchanges.set(request, exchange);
      inSpan(exchange, () => serve(exchange)).catch((error: unknown) => {
        log.debug({ err: error }, `${request.method} ${request.url} was given up`);
        response.destroy();
      });
    },
  };
}

function send(
  { request, response }: Exchange,
  { status, headers, body }: ReturnType<typeof problemAnswer>,
): void {
  response.writeHead(status, {
    'x-request-id': request.id,
    ...headers,
    'content-length': Buffer.byteLength(body),
    'x-served-by': OURSELVES,
  });
  response.end(body);
}
