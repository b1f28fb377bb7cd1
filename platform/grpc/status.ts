// Errors over gRPC: the one table from kinds of error to status codes, and the way there and back. What a status code
// cannot say travels as google.rpc.Status in `grpc-status-details-bin`.
import { Metadata, status, type ServiceError } from '@grpc/grpc-js';
import { Any } from '../../generated/protos/google/protobuf/any.ts';
import { BadRequest, RetryInfo } from '../../generated/protos/google/rpc/error_details.ts';
import { Status } from '../../generated/protos/google/rpc/status.ts';
import { Problem } from '../../generated/protos/shop/common/v1/problem.ts';
import { ERROR_KINDS, ShopError, type ErrorDetails, type ErrorKind } from '../errors.ts';
import { fieldOf, pointerOf } from './field-path.ts';

const CODES: Readonly<Record<ErrorKind, status>> = {
  invalid_argument: status.INVALID_ARGUMENT,
  unauthenticated: status.UNAUTHENTICATED,
  payment_required: status.FAILED_PRECONDITION,
  permission_denied: status.PERMISSION_DENIED,
  not_found: status.NOT_FOUND,
  // The state of the shop has to change before the same request can succeed.
  conflict: status.FAILED_PRECONDITION,
  // The caller has to read again, and decide again.
  precondition_failed: status.ABORTED,
  payload_too_large: status.RESOURCE_EXHAUSTED,
  headers_too_large: status.RESOURCE_EXHAUSTED,
  unsupported_media_type: status.INVALID_ARGUMENT,
  rate_limited: status.RESOURCE_EXHAUSTED,
  unavailable: status.UNAVAILABLE,
  internal: status.INTERNAL,
};

/** What a status means that carries no Problem: it comes from gRPC itself, or from a stranger. */
const KINDS: Readonly<Record<Exclude<status, status.OK>, readonly [ErrorKind, code: string]>> = {
  [status.CANCELLED]: ['unavailable', 'cancelled'],
  [status.UNKNOWN]: ['internal', 'internal'],
  [status.INVALID_ARGUMENT]: ['invalid_argument', 'invalid_request'],
  [status.DEADLINE_EXCEEDED]: ['unavailable', 'deadline_exceeded'],
  [status.NOT_FOUND]: ['not_found', 'not_found'],
  [status.ALREADY_EXISTS]: ['conflict', 'conflict'],
  [status.PERMISSION_DENIED]: ['permission_denied', 'permission_denied'],
  // A message over the size limit: what is rate-limited by the shop carries a Problem.
  [status.RESOURCE_EXHAUSTED]: ['payload_too_large', 'payload_too_large'],
  [status.FAILED_PRECONDITION]: ['conflict', 'conflict'],
  [status.ABORTED]: ['conflict', 'conflict'],
  [status.OUT_OF_RANGE]: ['invalid_argument', 'invalid_request'],
  [status.UNIMPLEMENTED]: ['internal', 'unimplemented'],
  [status.INTERNAL]: ['internal', 'internal'],
  [status.UNAVAILABLE]: ['unavailable', 'unavailable'],
  [status.DATA_LOSS]: ['internal', 'internal'],
  [status.UNAUTHENTICATED]: ['unauthenticated', 'unauthenticated'],
};

/** Two outcomes that gRPC has codes for, and the shop no kinds: in both, nobody knows whether the call took effect. */
const BY_CODE: Readonly<Record<string, status>> = {
  cancelled: status.CANCELLED,
  deadline_exceeded: status.DEADLINE_EXCEEDED,
};

export const codeOf = ({ kind, code }: ShopError): status =>
  (kind === 'unavailable' ? BY_CODE[code] : undefined) ?? CODES[kind];

/** A failure in gRPC's terms, as interceptors see it on both sides. */
export class GrpcError extends Error {
  override readonly name = 'GrpcError';
  readonly code: status;
  readonly details: string;
  readonly metadata: Metadata;

  constructor(code: status, details: string, metadata: Metadata, cause: unknown) {
    super(details, { cause });
    this.code = code;
    this.details = details;
    this.metadata = metadata;
  }
}

const TYPE = 'type.googleapis.com/';
const STATUS_DETAILS = 'grpc-status-details-bin';
/** Details travel as a header, and HTTP/2 peers limit those to some kilobytes: a larger one would lose the whole answer. */
const MAX_VIOLATIONS = 25;

export function toGrpcError(error: ShopError): GrpcError {
  const { kind, code, message: detail, details } = error;
  const { violations, retryAfter, extra } = details;
  const packed = [any('shop.common.v1.Problem', Problem.encode({ kind, code, detail, extra }))];
  if (violations !== undefined) {
    const fieldViolations = violations.slice(0, MAX_VIOLATIONS).map(({ pointer, message }) => ({
      field: fieldOf(pointer),
      description: message,
      reason: '',
    }));
    packed.push(any('google.rpc.BadRequest', BadRequest.encode({ fieldViolations })));
  }
  if (retryAfter !== undefined) {
    const retryDelay = { seconds: BigInt(Math.ceil(retryAfter)), nanos: 0 };
    packed.push(any('google.rpc.RetryInfo', RetryInfo.encode({ retryDelay })));
  }
  const metadata = new Metadata();
  const whole = Status.encode({ code: codeOf(error), message: detail, details: packed }).finish();
  metadata.set(STATUS_DETAILS, Buffer.from(whole));
  return new GrpcError(codeOf(error), detail, metadata, error);
}

/** The error that the other side threw, or the nearest to it where the other side is not one of ours. */
export function fromServiceError(error: ServiceError): ShopError {
  const [kind, code] = KINDS[error.code as keyof typeof KINDS] ?? KINDS[status.UNKNOWN];
  const details = readDetails(error);
  const problem = unpack(details, 'shop.common.v1.Problem', Problem);
  const violations = unpack(details, 'google.rpc.BadRequest', BadRequest)?.fieldViolations;
  const retryDelay = unpack(details, 'google.rpc.RetryInfo', RetryInfo)?.retryDelay;
  const members: ErrorDetails = {
    ...(violations && {
      violations: violations.map(({ field, description }) => ({
        pointer: pointerOf(field),
        message: description,
      })),
    }),
    ...(retryDelay && { retryAfter: Number(retryDelay.seconds) }),
    ...(problem?.extra && { extra: problem.extra }),
    cause: error,
  };
  if (problem === undefined) return new ShopError(kind, code, error.details, members);
  return new ShopError(knownKind(problem.kind) ?? kind, problem.code, problem.detail, members);
}

const knownKind = (name: string): ErrorKind | undefined => ERROR_KINDS.find((kind) => kind === name);

function readDetails({ metadata }: ServiceError): readonly Any[] {
  const [bytes] = metadata?.get(STATUS_DETAILS) ?? [];
  if (!Buffer.isBuffer(bytes)) return [];
  try {
    return Status.decode(bytes).details;
  } catch {
    // Somebody else's trailer under that name; the status code still says the most important.
    return [];
  }
}

const any = (name: string, writer: { finish(): Uint8Array }): Any => ({
  typeUrl: TYPE + name,
  value: Buffer.from(writer.finish()),
});

function unpack<T>(
  details: readonly Any[],
  name: string,
  type: { decode(bytes: Uint8Array): T },
): T | undefined {
  const found = details.find(({ typeUrl }) => typeUrl === TYPE + name);
  return found && type.decode(found.value);
}
