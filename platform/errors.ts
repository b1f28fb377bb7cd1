// The one error type of the project: a transport-neutral kind, a stable code for clients, and what to tell them.

/** What went wrong, in words that belong to no transport. Each transport maps them in one exhaustive table. */
export const ERROR_KINDS = [
  'invalid_argument',
  'unauthenticated',
  'payment_required',
  'permission_denied',
  'not_found',
  'conflict',
  'precondition_failed',
  'payload_too_large',
  'headers_too_large',
  'unsupported_media_type',
  'rate_limited',
  'unavailable',
  'internal',
] as const;

export type ErrorKind = (typeof ERROR_KINDS)[number];

/** One violated rule of a request: where, and what is expected there. */
export interface FieldViolation {
  /** A JSON pointer into the request: `/body/price/amount`. */
  readonly pointer: string;
  readonly message: string;
}

export interface ErrorDetails {
  readonly violations?: readonly FieldViolation[];
  /** Seconds after which the same request may be sent again. */
  readonly retryAfter?: number;
  /** Further members that a client may read: ids and quantities, never internals. */
  readonly extra?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** An expected failure. Anything else that is thrown is a bug: logged whole, answered without its message. */
export class ShopError extends Error {
  override readonly name = 'ShopError';
  readonly kind: ErrorKind;
  /** Stable and machine-readable (`out_of_stock`); clients branch on it, so it is part of the contract. */
  readonly code: string;
  readonly details: ErrorDetails;

  constructor(kind: ErrorKind, code: string, message: string, details: ErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.kind = kind;
    this.code = code;
    this.details = details;
  }
}

export const notFound = (what: string, id: string) =>
  new ShopError('not_found', 'not_found', `There is no ${what} with the id ${id}.`);

/** Turns a failure of a technology (the database is away, say) into a ShopError, if it knows it. */
export type TranslateError = (error: unknown) => ShopError | undefined;
