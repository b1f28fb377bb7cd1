// One request, sent to a side and its answer streamed back; it ends with its deadline, or with its caller.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { errors } from 'undici';
import { ShopError } from '#platform/errors.ts';
import { malformedRequest } from '#platform/http/problem.ts';
import type { Backend, Outgoing } from './backend.ts';
import { hasBody, readBody } from './body.ts';
import { forwardedHeaders, returnedHeaders } from './headers.ts';
import { CallerGone, deadlineExceeded, SlowCaller, unavailable } from './problems.ts';
import type { Match } from './routes/classify.ts';

/** pino-http's, by which a request is found in every log. */
export type Request = IncomingMessage & { id: string };

/**
 * Resolves when the answer has gone out whole.
 * @throws {ShopError} what to tell the caller, if no answer has begun. @throws {CallerGone}
 */
export async function proxy(
  backend: Backend,
  match: Match | undefined,
  request: Request,
  response: ServerResponse,
  deadlineMs: number,
): Promise<void> {
  const signal = endOf(request, response, deadlineMs);
  try {
    const outgoing = await orAborted(outgoingOf(request, match), signal);
    const sent = backend.send(outgoing, signal, (status, headers) => {
      response.writeHead(status, returnedHeaders(headers));
      return response;
    });
    await orAborted(sent, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ShopError) throw error;
    if (error instanceof errors.InvalidArgumentError) throw malformedRequest();
    throw unavailable(error);
  }
}

async function outgoingOf(request: Request, match: Match | undefined): Promise<Outgoing> {
  const { method = 'GET', url = '/' } = request;
  const headers = forwardedHeaders(request, request.id, match);
  if (match?.access === 'write') {
    const repeatable =
      match.key !== 'none' && headers.some((name) => name.toLowerCase() === 'idempotency-key');
    return { method, path: url, headers, body: await readBody(request), repeatable };
  }
  const streams = hasBody(request);
  const body = streams ? request : null;
  return { method, path: url, headers, body, repeatable: match?.access === 'read' && !streams };
}

/** Aborted by the deadline, or when the caller has gone. */
function endOf(request: Request, response: ServerResponse, deadlineMs: number): AbortSignal {
  const end = new AbortController();
  const deadline = setTimeout(
    () => end.abort(request.complete ? deadlineExceeded() : new SlowCaller()),
    deadlineMs,
  );
  response.once('close', () => {
    clearTimeout(deadline);
    if (!response.writableFinished) end.abort(new CallerGone());
  });
  return end.signal;
}

/** For what does not listen to the signal itself. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason as Error);
  signal.addEventListener('abort', abort);
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
