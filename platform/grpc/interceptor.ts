// An interceptor stands around a call: it may look, measure, refuse, or change what goes wrong. Each is one small file
// in interceptors/, and knows nothing of the others.
import type { Metadata } from '@grpc/grpc-js';
import type { CallContext } from '../call-context.ts';
import type { HandlerContext } from './serve.ts';
import type { MethodName } from './service.ts';

interface Call extends MethodName {
  /** What the caller sent beside the request. */
  readonly metadata: Metadata;
}

/** A call as the server sees it. */
export interface ServerCall extends Call {
  readonly context: HandlerContext;
  /** The request as it came. */
  readonly bytes: Buffer;
}

/** A call as the client sees it. */
export interface ClientCall extends Call {
  /** `127.0.0.1:50051`, or several. */
  readonly target: string;
  readonly context: CallContext;
}

/** `next` makes the rest of the call; it throws what that has failed with. */
export type Interceptor<C> = (call: C, next: () => Promise<void>) => Promise<void>;
export type ServerInterceptor = Interceptor<ServerCall>;
export type ClientInterceptor = Interceptor<ClientCall>;

/** Runs the work inside the interceptors, the first of them outermost. */
export function intercept<C>(
  interceptors: readonly Interceptor<C>[],
  call: C,
  work: () => Promise<void>,
): Promise<void> {
  return interceptors.reduceRight<() => Promise<void>>(
    (next, interceptor) => async () => interceptor(call, next),
    work,
  )();
}
