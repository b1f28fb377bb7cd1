// One request, sent to a side by HTTP and its answer streamed back; it ends with its deadline, or with its caller.
import { Writable } from 'node:stream';
import { errors } from 'undici';
import { ShopError } from '#platform/errors.ts';
import { malformedRequest } from '#platform/http/problem.ts';
import type { Backend, Outgoing } from './backend.ts';
import { hasBody, readBody } from './body.ts';
import { orAborted, type Exchange } from './exchange.ts';
import { forwardedHeaders, returnedHeaders, type AnswerHeaders } from './headers.ts';
import { unavailable } from './problems.ts';

/** What is to be said beside the message. */
export interface Beside {
  /** More headers of the request: names and values in turn. */
  readonly ask?: readonly string[];
  /** Called when an answer begins. @returns more headers of it. */
  readonly tell?: (answered: AnswerHeaders) => Readonly<Record<string, string | string[]>>;
  /** Answers that may be kept from the caller: with their whole body, which is small. */
  readonly withhold?: Withhold;
}

export interface Withhold {
  readonly status: number;
  /** @returns false where the caller shall have it. */
  readonly take: (body: Buffer, answered: AnswerHeaders) => boolean;
}

/**
 * Sends a request to where it is answered. Resolves when the answer has gone out whole.
 * @throws {ShopError} what to tell the caller, if no answer has begun. @throws {CallerGone}
 */
export type Forward = (exchange: Exchange, beside?: Beside) => Promise<void>;

export const forwardTo =
  (backend: Backend): Forward =>
  async (exchange, { ask, tell, withhold } = {}) => {
    const { request, response, signal, outcome } = exchange;
    outcome.side = backend.side;
    try {
      const outgoing = await outgoingOf(exchange);
      if (ask !== undefined) outgoing.headers.push(...ask);
      await backend.send(outgoing, signal, (status, answered) => {
        const begin = () => {
          const returned = returnedHeaders(answered, request.id);
          // All at once, since Node writes them out far more cheaply than one by one.
          response.writeHead(status, tell === undefined ? returned : { ...returned, ...tell(answered) });
          return response;
        };
        if (withhold?.status !== status) return begin();
        return whole((body, done) => (withhold.take(body, answered) ? done() : void begin().end(body, done)));
      });
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ShopError) throw error;
      if (error instanceof errors.InvalidArgumentError) throw malformedRequest();
      throw unavailable(error);
    }
  };

/** Takes an answer until it has ended. */
function whole(end: (body: Buffer, done: () => void) => void): Writable {
  const chunks: Buffer[] = [];
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk);
      done();
    },
    final: (done) => end(Buffer.concat(chunks), done),
  });
}

/** A promise only where a body has to arrive first. */
function outgoingOf({ request, match, signal }: Exchange): Outgoing | Promise<Outgoing> {
  const { method = 'GET', url = '/' } = request;
  const headers = forwardedHeaders(request, request.id, match);
  if (match?.access === 'write') {
    const repeatable =
      match.key !== 'none' && headers.some((name) => name.toLowerCase() === 'idempotency-key');
    const outgoing = { method, path: url, headers, body: null, repeatable };
    if (!hasBody(request)) return outgoing;
    return orAborted(readBody(request), signal).then((body) => ({ ...outgoing, body }));
  }
  const streams = hasBody(request);
  const body = streams ? request : null;
  return { method, path: url, headers, body, repeatable: match?.access === 'read' && !streams };
}
