// Joins a service's contract with its handlers: promises and async generators instead of callbacks and streams.
import type { Metadata } from '@grpc/grpc-js';
import type { CallContext } from '../call-context.ts';
import type { MethodDescription, RequestOf, ResponseOf, ServiceDescription } from './service.ts';

export interface HandlerContext extends CallContext {
  /** What the caller sent beside the request. */
  readonly metadata: Metadata;
  /** What goes back after the answer: set before the handler ends. */
  readonly trailers: Metadata;
}

/** Answers a call. @throws {ShopError} an expected failure, which reaches the caller as it is. */
type Handler<M extends MethodDescription> = M['responseStream'] extends true
  ? (request: RequestOf<M>, context: HandlerContext) => AsyncIterable<ResponseOf<M>>
  : (request: RequestOf<M>, context: HandlerContext) => Promise<ResponseOf<M>>;

/** One handler per call, named as in the generated code. Calls with a stream of requests are not served here. */
export type Handlers<S extends ServiceDescription> = {
  readonly [M in keyof S as S[M]['requestStream'] extends true ? never : M]: Handler<S[M]>;
};

export interface ServedMethod {
  readonly description: MethodDescription;
  readonly handle: (request: unknown, context: HandlerContext) => Promise<unknown> | AsyncIterable<unknown>;
}

export type ServedService = readonly ServedMethod[];

export function serve<S extends ServiceDescription>(service: S, handlers: Handlers<S>): ServedService {
  return Object.entries(handlers).map(([name, handle]) => {
    const description = service[name];
    if (description === undefined) throw new Error(`the contract has no ${name}`);
    return { description, handle: handle as ServedMethod['handle'] };
  });
}
