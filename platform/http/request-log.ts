// Gives every request an id (the caller's, if it is a sane one) and one line in the log when it is answered.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pinoHttp } from 'pino-http';
import { newId } from '../ids.ts';
import type { Logger } from '../logger.ts';

const SANE_ID = /^[\w.:-]{1,128}$/;

/** @param describe what else its line shall say of a request. */
export function requestLog(
  log: Logger,
  describe: (request: IncomingMessage, response: ServerResponse) => object = () => ({}),
) {
  return pinoHttp({
    logger: log,
    customProps: describe,
    genReqId(request, response) {
      const given = request.headers['x-request-id'];
      const id = typeof given === 'string' && SANE_ID.test(given) ? given : newId();
      response.setHeader('x-request-id', id);
      return id;
    },
    serializers: {
      req: (request: { id: string; method: string; url: string }) => ({
        id: request.id,
        method: request.method,
        url: request.url,
      }),
      res: (response: { statusCode: number }) => ({ statusCode: response.statusCode }),
    },
    customLogLevel(_request, response, error) {
      if (response.statusCode === 503) return 'warn';
      return error || response.statusCode >= 500 ? 'error' : 'debug';
    },
    // What went wrong is logged where it is known; here pino-http would only make an error up.
    customErrorObject: (_request, _response, _error, entry: object) => ({ ...entry, err: undefined }),
    customSuccessMessage: (request, response, ms) =>
      `${request.method} ${request.url} → ${response.statusCode} in ${Math.round(ms)} ms`,
    customErrorMessage: (request, response) => `${request.method} ${request.url} → ${response.statusCode}`,
  });
}
