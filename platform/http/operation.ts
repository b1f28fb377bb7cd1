// An operation is a REST call as data: the schemas that validate it are the ones that document it.
import { promisify } from 'node:util';
import express, { type Request, type Response, type Router } from 'express';
import { z } from 'zod';
import { ShopError, type ErrorKind, type FieldViolation } from '../errors.ts';
import type { Once } from '../idempotency.ts';
import { unsupportedMediaType } from './problem.ts';
import { idempotencyKey } from './schemas.ts';

/** Who may call: anyone, anyone who has signed in, or an administrator. */
export type Access = 'anyone' | 'customer' | 'admin';

export interface Caller {
  readonly id: string;
  readonly role: 'customer' | 'admin';
}

type Shape = z.ZodObject | undefined;

export interface Operation<
  Params extends Shape = Shape,
  Query extends Shape = Shape,
  Headers extends Shape = Shape,
  Body extends Shape = Shape,
  Result extends z.ZodType | undefined = z.ZodType | undefined,
> {
  readonly id: string;
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** In Express's notation: `/products/:id`. */
  readonly path: string;
  readonly summary: string;
  readonly tag: string;
  readonly access: Access;
  readonly params?: Params;
  readonly query?: Query;
  /** Names in lower case. */
  readonly headers?: Headers;
  readonly body?: Body;
  /**
   * A write that may carry an `Idempotency-Key`. Under a key the handler's `whole` work is done once and in one
   * transaction; or, of work with a part that takes long and changes nothing, the `part` that the handler hands to
   * its `once`.
   */
  readonly idempotent?: 'whole' | 'part';
  readonly success: {
    readonly status: number;
    readonly description: string;
    readonly body?: Result;
    /** The handler sends an ETag: a GET with If-None-Match may be answered 304. */
    readonly etag?: true;
  };
  /** The expected failures beyond those that every operation has: code → kind. */
  readonly errors?: Readonly<Record<string, ErrorKind>>;
}

type Parsed<S extends Shape> = S extends z.ZodObject ? z.output<S> : undefined;

export interface OperationRequest<
  Params extends Shape,
  Query extends Shape,
  Headers extends Shape,
  Body extends Shape,
> {
  readonly params: Parsed<Params>;
  readonly query: Parsed<Query>;
  readonly headers: Parsed<Headers>;
  readonly body: Parsed<Body>;
  /** Only where the operation is idempotent by key, and the caller sent one. */
  readonly idempotencyKey: string | undefined;
  /** Where the request comes from. */
  readonly address: string;
}

/** The headers of an operation that is idempotent by key. */
export const keyHeaders = z.object({
  'idempotency-key': idempotencyKey.optional().meta({
    description:
      'Your own, a UUID say: the same key and request are done once, and answered alike, for a day',
  }),
});

export interface Reply<Body> {
  readonly body: Body;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Keeps the types of an operation's schemas. */
export function operation<
  Params extends Shape = undefined,
  Query extends Shape = undefined,
  Headers extends Shape = undefined,
  Body extends Shape = undefined,
  Result extends z.ZodType | undefined = undefined,
>(definition: Operation<Params, Query, Headers, Body, Result>) {
  return definition;
}

/** Finds out who calls; undefined where the request carries no token. @throws ShopError for a bad token. */
export type Authenticate = (authorization: string | undefined) => Promise<Caller | undefined>;

export interface Mount {
  readonly router: Router;
  readonly authenticate: Authenticate;
  /** Where the keys of its idempotent operations are kept. */
  readonly once?: Once;
}

/**
 * Serves an operation: checks the caller, validates every part of the request, and sends the handler's reply.
 * `caller` is there whenever the operation's access is not `anyone`.
 * Of an idempotent operation, a request with a key that was answered before is answered so again.
 */
export function serve<
  P extends Shape,
  Q extends Shape,
  H extends Shape,
  B extends Shape,
  R extends z.ZodType | undefined,
>(
  { router, authenticate, once }: Mount,
  op: Operation<P, Q, H, B, R>,
  handle: (
    request: OperationRequest<P, Q, H, B>,
    caller: Caller,
    once: <T>(work: () => Promise<T>) => Promise<T>,
  ) => Promise<R extends z.ZodType ? Reply<z.input<R>> : void>,
): void {
  if (op.idempotent && once === undefined) throw new Error(`${op.id} has nowhere to keep its keys`);
  router[op.method](op.path, async (request: Request, response: Response) => {
    response.locals['route'] = op.path;
    // Express answers `If-None-Match: *` with 304 even where there is no ETag.
    if (!op.success.etag) delete request.headers['if-none-match'];
    const caller = await admit(op.access, authenticate, request);
    if (op.body) await parseBody(request, response);
    const parsed = validate(op, request);
    const atMostOnce = <T>(work: () => Promise<T>) => {
      const { idempotencyKey: key, params, query, headers, body } = parsed;
      if (once === undefined) return work();
      return once(
        { caller: caller.id, key, operation: op.id, request: [params, query, headers, body] },
        work,
      );
    };
    const work = () => handle(parsed, caller, atMostOnce);
    const reply = await (op.idempotent === 'whole' ? atMostOnce(work) : work());
    if (op.access !== 'anyone') response.set('Cache-Control', 'no-store');
    response.status(op.success.status);
    if (reply === undefined) response.end();
    else response.set(reply.headers ?? {}).json(reply.body);
  });
}

const BODY_LIMIT = '64kb';
/** Only for those who are let in, and only where a body is expected. */
const parseBody = promisify<Request, Response>(express.json({ limit: BODY_LIMIT }));

const NOBODY: Caller = { id: '', role: 'customer' };

async function admit(access: Access, authenticate: Authenticate, request: Request): Promise<Caller> {
  if (access === 'anyone') return NOBODY;
  const caller = await authenticate(request.headers.authorization);
  if (caller === undefined)
    throw new ShopError('unauthenticated', 'unauthenticated', 'Sign in first: POST /sessions.');
  if (access === 'admin' && caller.role !== 'admin') {
    throw new ShopError('permission_denied', 'permission_denied', 'Only an administrator may do this.');
  }
  return caller;
}

function validate<P extends Shape, Q extends Shape, H extends Shape, B extends Shape>(
  op: Operation<P, Q, H, B>,
  request: Request,
): OperationRequest<P, Q, H, B> {
  if (op.body && request.headers['content-type'] !== undefined && !request.is('application/json')) {
    throw unsupportedMediaType();
  }
  const violations: FieldViolation[] = [];
  const read = <S extends Shape>(schema: S | undefined, part: string, value: unknown): Parsed<S> => {
    const result = schema?.safeParse(value);
    for (const issue of result?.error?.issues ?? []) {
      const pointer = ['', part, ...issue.path.map(String)].join('/');
      violations.push({ pointer, message: issue.message });
    }
    return result?.data as Parsed<S>;
  };
  const keyed = read(op.idempotent && keyHeaders, 'headers', request.headers);
  const parsed: OperationRequest<P, Q, H, B> = {
    params: read<P>(op.params, 'path', request.params),
    query: read<Q>(op.query, 'query', request.query),
    headers: read<H>(op.headers, 'headers', request.headers),
    body: read<B>(op.body, 'body', request.body),
    idempotencyKey: keyed?.['idempotency-key'],
    address: request.ip ?? '',
  };
  if (violations.length > 0) {
    throw new ShopError('invalid_argument', 'invalid_request', 'The request is not valid.', { violations });
  }
  return parsed;
}
