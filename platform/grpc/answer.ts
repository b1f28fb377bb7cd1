// From a call as grpc-js hands it over to a handler's promise, through the interceptors, and back.
import { once } from 'node:events';
import { Metadata, type sendUnaryData, type ServerUnaryCall, type ServerWritableStream } from '@grpc/grpc-js';
import { cancelled, deadlineExceeded, runInCall, type CallContext } from '../call-context.ts';
import { newId } from '../ids.ts';
import { intercept, type ServerInterceptor } from './interceptor.ts';
import type { HandlerContext, ServedMethod } from './serve.ts';
import { nameOf } from './service.ts';
import { GrpcError } from './status.ts';

export interface Answering {
  readonly interceptors: readonly ServerInterceptor[];
  /** Fires when the server is about to stop: streams end then, since they do not by themselves. */
  readonly stopping: AbortSignal;
}

type UnaryCall = ServerUnaryCall<Buffer, unknown>;
type StreamCall = ServerWritableStream<Buffer, unknown>;

export function answerUnary(method: ServedMethod, { interceptors }: Answering) {
  return (call: UnaryCall, done: sendUnaryData<unknown>): void => {
    const context = contextOf(call);
    let response: unknown;
    const work = async () => {
      response = await method.handle(method.description.requestDeserialize(call.request), context);
    };
    void run(method, interceptors, call, context, work).then(
      () => done(null, response, context.trailers),
      (error: unknown) => done(withTrailers(error, context)),
    );
  };
}

export function answerStream(method: ServedMethod, { interceptors, stopping }: Answering) {
  return (call: StreamCall): void => {
    const context = contextOf(call, stopping);
    const work = async () => {
      const request = method.description.requestDeserialize(call.request);
      const responses = method.handle(request, context) as AsyncIterable<unknown>;
      for await (const response of responses) {
        if (context.signal.aborted) return;
        // A slow reader slows the handler down, instead of filling this process's memory.
        if (!call.write(response)) await once(call, 'drain', { signal: context.signal });
      }
    };
    void run(method, interceptors, call, context, work).then(
      () => call.end(context.trailers),
      (error: unknown) => call.emit('error', withTrailers(error, context)),
    );
  };
}

function run(
  { description }: ServedMethod,
  interceptors: readonly ServerInterceptor[],
  { request: bytes, metadata }: UnaryCall | StreamCall,
  context: HandlerContext,
  work: () => Promise<void>,
): Promise<void> {
  const call = { ...nameOf(description), metadata, context, bytes };
  return runInCall(context, () => intercept(interceptors, call, work));
}

const SANE_ID = /^[\w.:-]{1,128}$/;

function contextOf(call: UnaryCall | StreamCall, ...alsoEndedBy: AbortSignal[]): HandlerContext {
  const [given] = call.metadata.get('x-request-id');
  const requestId = typeof given === 'string' && SANE_ID.test(given) ? given : newId();
  const deadline = Number(call.getDeadline());
  const gone = new AbortController();
  call.once('cancelled', () => gone.abort(deadline <= Date.now() ? deadlineExceeded() : cancelled()));
  return {
    requestId,
    deadline,
    signal: alsoEndedBy.length === 0 ? gone.signal : AbortSignal.any([gone.signal, ...alsoEndedBy]),
    metadata: call.metadata,
    trailers: new Metadata(),
  };
}

function withTrailers(error: unknown, { trailers }: HandlerContext & CallContext) {
  if (!(error instanceof GrpcError)) return error as Error;
  const { code, details, metadata } = error;
  metadata.merge(trailers);
  return { code, details, metadata };
}
