// Errors as RFC 9457 problem+json: the one table from kinds of error to HTTP status, and the handler that uses it.
import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import { ShopError, type ErrorKind, type TranslateError } from '../errors.ts';
import { logOf } from './request-log.ts';

const STATUS: Readonly<Record<ErrorKind, number>> = {
  invalid_argument: 400,
  unauthenticated: 401,
  payment_required: 402,
  permission_denied: 403,
  not_found: 404,
  conflict: 409,
  precondition_failed: 412,
  payload_too_large: 413,
  unsupported_media_type: 415,
  rate_limited: 429,
  headers_too_large: 431,
  internal: 500,
  unavailable: 503,
};

export const statusOf = (kind: ErrorKind): number => STATUS[kind];

/** Sends what went wrong; an unexpected error is logged whole and answered with an id instead of its message. */
export function problemHandler(translate: TranslateError): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) return next(error);
    const requestId = request.id;
    const known = asShopError(error) ?? translate(error);
    if (known) {
      logOf(request)?.debug({ err: error }, known.message);
      return sendProblem(response, known, requestId);
    }
    logOf(request)?.error({ err: error }, 'unexpected error');
    sendProblem(response, apology(requestId), requestId);
  };
}

export const unknownRoute: RequestHandler = (request) => {
  throw new ShopError('not_found', 'not_found', `There is no ${request.method} ${request.path}.`);
};

/** A problem as it goes out, whoever sends it. */
export interface ProblemAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export function problemAnswer(error: ShopError, requestId: string): ProblemAnswer {
  const { violations, retryAfter, extra } = error.details;
  const status = statusOf(error.kind);
  return {
    status,
    headers: {
      'Content-Type': 'application/problem+json; charset=utf-8',
      ...(retryAfter !== undefined && { 'Retry-After': String(retryAfter) }),
      ...(error.kind === 'unauthenticated' && { 'WWW-Authenticate': 'Bearer' }),
    },
    body: JSON.stringify({
      ...extra,
      type: `urn:shop:problem:${error.code}`,
      title: error.code.replaceAll('_', ' '),
      status,
      code: error.code,
      detail: error.message,
      requestId,
      ...(violations && { violations }),
    }),
  };
}

function sendProblem(response: Response, error: ShopError, requestId: string): void {
  const { status, headers, body } = problemAnswer(error, requestId);
  response.status(status).set(headers).send(body);
}

/** What is answered where something happened that nobody foresaw: the id to ask about, and nothing of the error. */
export const apology = (requestId: string) =>
  new ShopError(
    'internal',
    'internal',
    `Something went wrong here. It is logged under the request id ${requestId}.`,
  );

function asShopError(error: unknown): ShopError | undefined {
  return error instanceof ShopError ? error : fromBodyParser(error);
}

/** Express's own complaints about a request that never reached a route. */
function fromBodyParser(error: unknown): ShopError | undefined {
  const { type, status } = (error ?? {}) as { type?: string; status?: number };
  if (type === 'entity.too.large') return payloadTooLarge();
  if (status === 415) return unsupportedMediaType();
  if (status === 400) return malformedRequest();
  return undefined;
}

export const malformedRequest = () =>
  new ShopError('invalid_argument', 'malformed_request', 'The request could not be read.');

export const payloadTooLarge = () =>
  new ShopError('payload_too_large', 'payload_too_large', 'The body is larger than this shop accepts.');

export const headersTooLarge = () =>
  new ShopError(
    'headers_too_large',
    'headers_too_large',
    'The address and the headers of the request are longer than this shop accepts.',
  );

export const unsupportedMediaType = () =>
  new ShopError('unsupported_media_type', 'unsupported_media_type', 'Send application/json in UTF-8.');
