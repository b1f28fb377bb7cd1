// What callers meet: requests are read whole and sent on, answers come back whole; health and metrics are its own.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ShopError } from '#platform/errors.ts';
import { ROUTE_HEADER, type HttpMetrics } from '#platform/http/metrics.ts';
import { apology, payloadTooLarge, problemAnswer } from '#platform/http/problem.ts';
import { requestLog } from '#platform/http/request-log.ts';
import type { Logger } from '#platform/logger.ts';
import type { Backends } from './backends.ts';
import { createForwarder, type Answer } from './forward.ts';
import { forwardedHeaders, returnedHeaders } from './headers.ts';

/** Far above the limit of the shop, which is the one to judge: it takes no notice of a body where it expects none. */
const BODY_LIMIT_BYTES = 1024 * 1024;

export interface FrontOptions {
  readonly backends: Backends;
  readonly metrics: HttpMetrics;
  readonly log: Logger;
  readonly attemptMs: number;
  /** Writes that are not given a key. */
  readonly callersKeys: readonly string[];
}

type Request = IncomingMessage & { id: string };
type Ours = () => Answer | Promise<Answer>;

export function createFront({ backends, metrics, log, attemptMs, callersKeys }: FrontOptions) {
  const forward = createForwarder(backends, attemptMs, log);
  const logRequest = requestLog(log);
  let draining = false;

  /** About this address as a whole, which lives on when a process behind it dies: so they are answered here. */
  const ours: Readonly<Record<string, Ours>> = {
    '/health/live': () => json(200, { status: 'live' }),
    '/health/ready': () => {
      if (draining) return json(503, { status: 'not ready', reason: 'stopping' });
      if (backends.someReady()) return json(200, { status: 'ready' });
      return json(503, { status: 'not ready', reason: 'no backend is ready' });
    },
    '/metrics': async () => {
      const { contentType, text } = await metrics.read();
      return { status: 200, headers: { 'content-type': contentType }, body: Buffer.from(text) };
    },
  };

  async function answer(request: Request, gone: AbortSignal): Promise<Answer> {
    const { method = 'GET', url = '/' } = request;
    const own = method === 'GET' || method === 'HEAD' ? ours[url.replace(/\?.*$/, '')] : undefined;
    if (own) return ownAnswer(await own(), url.replace(/\?.*$/, ''));
    try {
      const body = await readBody(request);
      const headers = forwardedHeaders(request, request.id, callersKeys);
      return await forward({ method, path: url, headers, body }, gone);
    } catch (error) {
      if (gone.aborted) throw error;
      if (!(error instanceof ShopError)) log.error({ err: error, requestId: request.id }, 'unexpected error');
      const problem = problemAnswer(error instanceof ShopError ? error : apology(request.id), request.id);
      return ownAnswer({ ...problem, body: Buffer.from(problem.body) });
    }
  }

  async function serve(request: Request, response: ServerResponse): Promise<void> {
    const stop = metrics.begin();
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const { status, headers, body } = await answer(request, gone.signal);
    const { [ROUTE_HEADER]: route = 'unmatched', ...rest } = returnedHeaders(headers);
    response.once('close', () => {
      stop({ method: request.method ?? '', route: String(route), status: String(status) });
    });
    response.writeHead(status, rest);
    response.end(body);
  }

  return {
    /** From now on not ready, for whoever distributes traffic to see. */
    drain: () => void (draining = true),
    handle: (request: IncomingMessage, response: ServerResponse): void => {
      logRequest(request, response);
      serve(request as Request, response).catch((error: unknown) => {
        const gone = response.destroyed;
        log[gone ? 'debug' : 'error']({ err: error }, `${request.method} ${request.url} was given up`);
        response.destroy();
      });
    },
  };
}

const ownAnswer = ({ status, headers, body }: Answer, route = 'unmatched'): Answer => ({
  status,
  headers: {
    ...headers,
    'content-length': String(body.length),
    'x-served-by': 'load-balancer',
    [ROUTE_HEADER]: route,
  },
  body,
});

const json = (status: number, body: object): Answer => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: Buffer.from(JSON.stringify(body)),
});

/** @throws {ShopError} `payload_too_large`, when the sender has sent all of it: earlier it would not hear that. */
async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= BODY_LIMIT_BYTES) chunks.push(chunk);
    else chunks.length = 0;
  }
  if (length > BODY_LIMIT_BYTES) throw payloadTooLarge();
  return length === 0 ? null : Buffer.concat(chunks);
}
