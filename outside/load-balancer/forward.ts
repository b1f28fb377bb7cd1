// One request, sent until somebody has answered it whole: under the same key, so that it has its effect once.
import { errors } from 'undici';
import { ShopError } from '#platform/errors.ts';
import { malformedRequest } from '#platform/http/problem.ts';
import type { Logger } from '#platform/logger.ts';
import type { Backend, Backends } from './backends.ts';

/** So often at most: a request that kills whoever answers it must not go round for ever. */
const MAX_ATTEMPTS = 20;
/**
 * No attempt begins later than this after the first. A checkout that is sent again waits for the lease of the process
 * that died with it, five seconds; where processes die every second, several that wait may die one after the other.
 */
const GIVE_UP_AFTER_MS = 40_000;

export interface Outgoing {
  readonly method: string;
  readonly path: string;
  readonly headers: string[];
  readonly body: Buffer | null;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

export interface Forwarder {
  /**
   * @param signal the caller has gone: nobody needs an answer any more.
   * @throws {ShopError} `unavailable` where no backend answers; `malformed_request` for what cannot be sent on.
   */
  (request: Outgoing, signal: AbortSignal): Promise<Answer>;
}

export function createForwarder(backends: Backends, attemptMs: number, log: Logger): Forwarder {
  async function send({ pool }: Backend, request: Outgoing, signal: AbortSignal): Promise<Answer> {
    const { statusCode, headers, body } = await pool.request({
      ...request,
      signal: AbortSignal.any([signal, AbortSignal.timeout(attemptMs)]),
    });
    // A connection that dies half-way through an answer fails here, before the caller has seen any of it.
    return { status: statusCode, headers, body: Buffer.from(await body.arrayBuffer()) };
  }

  return async (request, signal) => {
    const giveUp = performance.now() + GIVE_UP_AFTER_MS;
    for (let attempt = 1; attempt <= MAX_ATTEMPTS && performance.now() < giveUp; attempt += 1) {
      const backend = await backends.next(signal);
      signal.throwIfAborted();
      if (backend === undefined) break;
      try {
        return await send(backend, request, signal);
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof errors.InvalidArgumentError) throw malformedRequest();
        if (error instanceof errors.ResponseExceededMaxSizeError) throw error;
        backends.failed(backend);
        log.info(`${request.method} ${request.path} got no answer from ${backend.url}: ${String(error)}`);
      }
    }
    throw new ShopError('unavailable', 'unavailable', 'The shop does not answer. Try again soon.', {
      retryAfter: 1,
    });
  };
}
