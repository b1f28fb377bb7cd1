// Gives every request an id (the caller's, if it is a sane one) and one line in the log when it is answered.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '../logger.ts';

declare module 'http' {
  interface IncomingMessage {
    /** By which a request is found in every log; given by `requestLog`. */
    id: string;
  }
}

const SANE_ID = /^[\w.:-]{1,128}$/;
const LOG = Symbol('log');

type Logged = IncomingMessage & { [LOG]?: Logger };

export interface RequestLogOptions {
  /** What else its line shall say of a request; called when it is answered, if there is a line. */
  readonly describe?: (request: IncomingMessage, response: ServerResponse) => object;
  /**
   * False leaves it to whoever answers to tell the id: a header that is set before the others makes Node set
   * each of them by itself, which costs a proxy more than all the rest of its log.
   */
  readonly tellId?: boolean;
}

/** A request that goes well costs nothing but an id where its line is not wanted: no logger of its own is made. */
export function requestLog(log: Logger, { describe = () => ({}), tellId = true }: RequestLogOptions = {}) {
  return (request: IncomingMessage, response: ServerResponse, next?: () => void): void => {
    const given = request.headers['x-request-id'];
    request.id = typeof given === 'string' && SANE_ID.test(given) ? given : randomUUID();
    (request as Logged)[LOG] = log;
    if (tellId) response.setHeader('x-request-id', request.id);
    const arrived = performance.now();
    response.once('close', () => {
      const { statusCode, writableFinished } = response;
      const level = levelOf(statusCode);
      if (!log.isLevelEnabled(level)) return;
      const responseTime = Math.round(performance.now() - arrived);
      const req = said(request);
      // What went wrong is logged where it is known.
      const outcome = statusCode < 500 && writableFinished ? ` in ${responseTime} ms` : '';
      log[level](
        { req, ...describe(request, response), res: { statusCode }, responseTime },
        `${req.method} ${req.url} → ${statusCode}${outcome}`,
      );
    });
    next?.();
  };
}

/** The log of one request: each of its lines says which. */
export const logOf = (request: IncomingMessage): Logger | undefined =>
  (request as Logged)[LOG]?.child({ req: said(request) });

/** Express cuts the address for the part of it that answers. */
const said = (request: IncomingMessage & { readonly originalUrl?: string }) => ({
  id: request.id,
  method: request.method,
  url: request.originalUrl ?? request.url,
});

function levelOf(statusCode: number): 'debug' | 'warn' | 'error' {
  if (statusCode === 503) return 'warn';
  return statusCode >= 500 ? 'error' : 'debug';
}
