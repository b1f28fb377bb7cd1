// A request and its answer on their way through: whose it is, until when an answer is of use, and what becomes of it.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { CallerGone, deadlineExceeded, SlowCaller } from './problems.ts';
import type { Match } from './routes/classify.ts';

/** With the request log's id, by which a request is found in every log. */
export type Request = IncomingMessage & { id: string };

export interface Exchange {
  readonly request: Request;
  readonly response: ServerResponse;
  readonly match: Match | undefined;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  /** Fires at the deadline, or when the caller has gone: its reason is what to throw then. */
  readonly signal: AbortSignal;
  /** Who answers, and why where that needs a word: for the log, the metrics and the span. */
  readonly outcome: { side: string; reason?: string };
}

/** @param deadlineMs for the whole of it, from the first byte of the request to the last of the answer. */
export function openExchange(
  request: Request,
  response: ServerResponse,
  match: Match | undefined,
  deadlineMs: number,
): Exchange {
  const end = new AbortController();
  const timer = setTimeout(
    () => end.abort(request.complete ? deadlineExceeded() : new SlowCaller()),
    deadlineMs,
  );
  response.once('close', () => {
    clearTimeout(timer);
    if (!response.writableFinished) end.abort(new CallerGone());
  });
  const { signal } = end;
  const outcome = { side: 'monolith' };
  return { request, response, match, deadline: Date.now() + deadlineMs, signal, outcome };
}

/** For what does not listen to the signal itself. @throws the signal's reason. */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason as Error);
  signal.addEventListener('abort', abort);
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
