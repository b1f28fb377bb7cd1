// A gRPC client with everything that the shop expects of one: a deadline on every call, what the caller works for carried
// on, repeats where the contract allows them, and errors that are the ones which were thrown.
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import type { Registry } from 'prom-client';
import { currentCall, type CallContext } from '../call-context.ts';
import { newId } from '../ids.ts';
import type { Logger } from '../logger.ts';
import { intercept, type ClientCall, type ClientInterceptor } from './interceptor.ts';
import { clientDeadlines } from './interceptors/deadlines.ts';
import { clientErrors } from './interceptors/errors.ts';
import { clientLogging } from './interceptors/logging.ts';
import { clientMetrics } from './interceptors/metrics.ts';
import { clientTracing } from './interceptors/tracing.ts';
import { KEEPALIVE, MESSAGE_LIMITS } from './limits.ts';
import { serviceConfig, targetOf } from './channel.ts';
import { send, sendForStream } from './send.ts';
import {
  nameOf,
  serviceName,
  type MethodDescription,
  type RequestOf,
  type ResponseOf,
  type ServiceDescription,
} from './service.ts';

export interface CallOptions {
  /** From now; never beyond the deadline of the request that the caller works for. */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
  /** Sent beside the request. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Gets what the server sent after its answer. */
  readonly onTrailers?: (trailers: Metadata) => void;
}

/**
 * One function per call, named as in the generated code.
 * They throw ShopError: the server's own, or `unavailable`, `deadline_exceeded`, `cancelled` (all of the kind
 * `unavailable`) where nobody knows whether the call took effect.
 */
export type GrpcClient<S extends ServiceDescription> = {
  readonly [
    M in keyof S as S[M]['requestStream'] extends true ? never : M
  ]: S[M]['responseStream'] extends true
    ? (request: RequestOf<S[M]>, options?: CallOptions) => AsyncIterable<ResponseOf<S[M]>>
    : (request: RequestOf<S[M]>, options?: CallOptions) => Promise<ResponseOf<S[M]>>;
} & { close(): void };

export interface GrpcClientOptions {
  /** `host:port`; of several, which have to be IP addresses, each gets its turn. */
  readonly addresses: readonly string[];
  /** Of a call that names no deadline. A stream without one runs until it ends. */
  readonly defaultDeadlineMs: number;
  readonly log: Logger;
  /** False for a caller who has somewhere else to go: it hears at once of a server that is away. By default true. */
  readonly repeats?: boolean;
  /** Where rate, errors and duration are counted; nowhere without it. */
  readonly registry?: Registry;
}

/** Connects lazily, and again by itself. @throws {SetupError} for addresses that cannot be used together. */
export function connectGrpc<S extends ServiceDescription>(
  service: S,
  { addresses, defaultDeadlineMs, log, registry, repeats = true }: GrpcClientOptions,
): GrpcClient<S> {
  const target = targetOf(addresses);
  const client = new Client(target, credentials.createInsecure(), {
    ...MESSAGE_LIMITS,
    ...KEEPALIVE,
    ...serviceConfig(serviceName(service)),
    'grpc.enable_retries': repeats ? 1 : 0,
  });
  /** The first is outermost. */
  const interceptors: readonly ClientInterceptor[] = [
    clientErrors,
    clientTracing,
    clientLogging(log),
    ...(registry === undefined ? [] : [clientMetrics(registry)]),
    clientDeadlines,
  ];

  function begin(method: MethodDescription, options: CallOptions, deadlineMs: number): ClientCall {
    const context = contextOf(options, deadlineMs);
    const metadata = new Metadata();
    for (const [key, value] of Object.entries(options.metadata ?? {})) metadata.set(key, value);
    metadata.set('x-request-id', context.requestId);
    return { ...nameOf(method), metadata, context, target };
  }

  const functions = Object.entries(service).map(([name, method]) => {
    const unary = async (request: never, options: CallOptions = {}) => {
      const call = begin(method, options, options.deadlineMs ?? defaultDeadlineMs);
      let response: unknown;
      await intercept(interceptors, call, async () => {
        response = await send(client, method, request, call, options.onTrailers);
      });
      return response;
    };
    const stream = (request: never, options: CallOptions = {}) => {
      const call = begin(method, options, options.deadlineMs ?? Infinity);
      return sendForStream(client, method, request, call, interceptors, options.onTrailers);
    };
    return [name, method.responseStream ? stream : unary] as const;
  });
  return { ...Object.fromEntries(functions), close: () => client.close() } as unknown as GrpcClient<S>;
}

/** A call made for another one inherits its id, and ends no later. */
function contextOf({ signal: own }: CallOptions, deadlineMs: number): CallContext {
  const outer = currentCall();
  const signals = [own, outer?.signal].filter((signal) => signal !== undefined);
  return {
    requestId: outer?.requestId ?? newId(),
    deadline: Math.min(Date.now() + deadlineMs, outer?.deadline ?? Infinity),
    signal: AbortSignal.any(signals),
  };
}
