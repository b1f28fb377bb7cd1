// The gateway over HTTP: every request is classified, counted, logged, and sent to a side. Opens no port, so tests use it too.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ShopError } from '#platform/errors.ts';
import { apology, problemAnswer } from '#platform/http/problem.ts';
import { requestLog } from '#platform/http/request-log.ts';
import type { Logger } from '#platform/logger.ts';
import type { Backend } from './backend.ts';
import { createOwnPages } from './health.ts';
import type { GatewayMetrics } from './metrics.ts';
import { CallerGone } from './problems.ts';
import { proxy, type Request } from './proxy.ts';
import { createClassifier, pathOf } from './routes/classify.ts';
import { TABLE } from './routes/table.ts';

export interface GatewayDependencies {
  readonly monolith: Backend;
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

/** What x-served-by and metrics say of answers that no side gave. */
const OURSELVES = 'gateway';

export function buildGateway({ monolith, metrics, log, deadlineMs }: GatewayDependencies): Gateway {
  const classify = createClassifier(TABLE);
  const own = createOwnPages(monolith, metrics);
  const logRequest = requestLog(log, (request, response) => {
    const { capability = 'none', access = 'none' } = classify(request) ?? {};
    return { capability, access, servedBy: response.getHeader('x-served-by') };
  });

  async function serve(request: Request, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/' } = request;
    const page = own.find(method, pathOf(url));
    const match = classify(request);
    const stop = metrics.begin();
    let side: string = page ? OURSELVES : monolith.side;
    response.once('close', () => stop(method, response.statusCode, side, match));
    try {
      if (page === undefined) return await proxy(monolith, match, request, response, deadlineMs);
      const { status, contentType, text } = await page();
      send(response, { status, headers: { 'content-type': contentType }, body: text });
    } catch (error) {
      if (response.headersSent || error instanceof CallerGone) throw error;
      side = OURSELVES;
      if (!(error instanceof ShopError)) log.error({ err: error, requestId: request.id }, 'unexpected error');
      else log.debug({ err: error, requestId: request.id }, error.message);
      // What was not read of it would be taken for the next request.
      if (!request.complete) response.setHeader('connection', 'close');
      send(response, problemAnswer(error instanceof ShopError ? error : apology(request.id), request.id));
    }
  }

  return {
    drain: () => own.drain(),
    handle(request, response) {
      logRequest(request, response);
      serve(request as Request, response).catch((error: unknown) => {
        log.debug({ err: error }, `${request.method} ${request.url} was given up`);
        response.destroy();
      });
    },
  };
}

function send(response: ServerResponse, { status, headers, body }: ReturnType<typeof problemAnswer>): void {
  response.writeHead(status, {
    ...headers,
    'content-length': Buffer.byteLength(body),
    'x-served-by': OURSELVES,
  });
  response.end(body);
}
