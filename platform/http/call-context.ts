// The edge of a call: what an HTTP request causes ends with its deadline, or when its client has gone, on every hop.
import type { RequestHandler } from 'express';
import { cancelled, deadlineExceeded, runInCall } from '../call-context.ts';

/**
 * Comes after the request log, which gives the request its id.
 * @param deadlineMs how long an answer may take at most.
 */
export function callContext(deadlineMs: number): RequestHandler {
  return (request, response, next) => {
    const gone = new AbortController();
    const timer = setTimeout(() => gone.abort(deadlineExceeded()), deadlineMs);
    response.once('close', () => {
      clearTimeout(timer);
      if (!response.writableFinished) gone.abort(cancelled());
    });
    const { signal } = gone;
    runInCall({ requestId: request.id, deadline: Date.now() + deadlineMs, signal }, next);
  };
}
