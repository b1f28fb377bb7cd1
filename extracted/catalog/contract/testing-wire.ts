// A foreign client of the catalog, for the contract suite: grpc-js and the code generated from the contract, and nothing of
// platform/grpc. It shows an answer as it came over the wire: status, details, trailers.
import { Client, credentials, Metadata, status, type ServiceError } from '@grpc/grpc-js';
import { BadRequest, RetryInfo } from '../../../generated/protos/google/rpc/error_details.ts';
import { Status } from '../../../generated/protos/google/rpc/status.ts';
import * as catalog from '../../../generated/protos/shop/catalog/v1/catalog.ts';
import { Problem } from '../../../generated/protos/shop/common/v1/problem.ts';

const SERVICE = catalog.CatalogServiceService;
export type Rpc = keyof typeof SERVICE;

type RequestOf<R extends Rpc> = ReturnType<(typeof SERVICE)[R]['requestDeserialize']>;
type ResponseOf<R extends Rpc> = ReturnType<(typeof SERVICE)[R]['responseDeserialize']>;
/** As much of it as a test cares for. */
export type Part<T> = T extends bigint | string | number | undefined
  ? T
  : T extends readonly (infer E)[]
    ? readonly Part<E>[]
    : { readonly [K in keyof T]?: Part<T[K]> };

const REQUESTS: { readonly [R in Rpc]: { fromPartial(part: Part<RequestOf<R>>): RequestOf<R> } } = {
  getProduct: catalog.GetProductRequest,
  batchGetProducts: catalog.BatchGetProductsRequest,
  listProducts: catalog.ListProductsRequest,
  searchProducts: catalog.SearchProductsRequest,
  listCategories: catalog.ListCategoriesRequest,
  createProduct: catalog.CreateProductRequest,
  updateProduct: catalog.UpdateProductRequest as never,
  archiveProduct: catalog.ArchiveProductRequest,
};

export interface CallOptions {
  readonly metadata?: Readonly<Record<string, string>>;
  /** From now. */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
}

/** What a call ended with instead of an answer. */
export interface Refusal {
  /** `NOT_FOUND`. */
  readonly code: string;
  readonly message: string;
  /** The types in google.rpc.Status, in order; empty where there is none. */
  readonly details: readonly string[];
  readonly problem?: Problem;
  readonly violations?: readonly { readonly field: string; readonly description: string }[];
  /** Seconds. */
  readonly retryDelay?: number;
}

export interface Wire {
  /** @throws {ServiceError} as grpc-js makes it. */
  readonly call: <R extends Rpc>(
    rpc: R,
    request: Part<RequestOf<R>>,
    options?: CallOptions,
  ) => Promise<ResponseOf<R>>;
  /** @throws where the call succeeds. */
  readonly refusal: <R extends Rpc>(
    rpc: R,
    request: Part<RequestOf<R>>,
    options?: CallOptions,
  ) => Promise<Refusal>;
  /** Any call of any service, in bytes. */
  readonly raw: (path: string, bytes: Buffer) => Promise<Buffer>;
  readonly close: () => void;
}

/** Without retries, which grpc-js otherwise makes on its own where a server has not begun a call. */
export function connectWire(address: string): Wire {
  const client = new Client(address, credentials.createInsecure(), { 'grpc.enable_retries': 0 });

  function send<T>(
    path: string,
    bytes: Buffer,
    read: (bytes: Buffer) => T,
    { metadata = {}, deadlineMs = 30_000, signal }: CallOptions = {},
  ): Promise<T> {
    const beside = new Metadata();
    for (const [key, value] of Object.entries(metadata)) beside.set(key, value);
    return new Promise((resolve, reject) => {
      const call = client.makeUnaryRequest(
        path,
        (whole: Buffer) => whole,
        read,
        bytes,
        beside,
        { deadline: Date.now() + deadlineMs },
        (error, response) => (error ? reject(error) : resolve(response as T)),
      );
      signal?.addEventListener('abort', () => call.cancel());
    });
  }

  const call: Wire['call'] = (rpc, request, options) => {
    const { path, requestSerialize, responseDeserialize } = SERVICE[rpc];
    const whole = REQUESTS[rpc].fromPartial(request);
    const bytes = (requestSerialize as (value: unknown) => Buffer)(whole);
    return send(path, bytes, responseDeserialize as (answer: Buffer) => never, options);
  };
  return {
    call,
    refusal: (rpc, request, options) =>
      call(rpc, request, options).then(
        (answer) => {
          throw new Error(`${rpc} was answered: ${Object.keys(answer).join()}`);
        },
        (error: ServiceError) => readRefusal(error),
      ),
    raw: (path, bytes) => send(path, bytes, (answer) => answer),
    close: () => client.close(),
  };
}

const TYPE = 'type.googleapis.com/';

export function readRefusal({ code, details: message, metadata }: ServiceError): Refusal {
  const [bytes] = metadata.get('grpc-status-details-bin');
  if (!Buffer.isBuffer(bytes)) return { code: status[code], message, details: [] };
  const whole = Status.decode(bytes);
  // Whoever reads the details alone learns the same as whoever does not know them.
  if (whole.code !== Number(code) || whole.message !== message)
    throw new Error('the status and its details differ');
  const find = <T>(name: string, type: { decode(value: Uint8Array): T }): T | undefined => {
    const found = whole.details.find(({ typeUrl }) => typeUrl === TYPE + name);
    return found && type.decode(found.value);
  };
  const problem = find('shop.common.v1.Problem', Problem);
  const badRequest = find('google.rpc.BadRequest', BadRequest);
  const retryDelay = find('google.rpc.RetryInfo', RetryInfo)?.retryDelay;
  return {
    ...{ code: status[code], message },
    details: whole.details.map(({ typeUrl }) => typeUrl.slice(TYPE.length)),
    ...(problem && { problem }),
    ...(badRequest && { violations: badRequest.fieldViolations }),
    ...(retryDelay && { retryDelay: Number(retryDelay.seconds) }),
  };
}
