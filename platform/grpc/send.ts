// One call over the wire: grpc-js's callbacks and streams as a promise, or as something to iterate over.
import type { Client, ClientReadableStream, ClientUnaryCall, Metadata } from '@grpc/grpc-js';
import { ShopError } from '../errors.ts';
import { intercept, type ClientCall, type ClientInterceptor } from './interceptor.ts';
import type { MethodDescription } from './service.ts';

type OnTrailers = ((trailers: Metadata) => void) | undefined;

export async function send(
  client: Client,
  { path, requestSerialize, responseDeserialize }: MethodDescription,
  request: never,
  { metadata, context: { deadline, signal } }: ClientCall,
  onTrailers: OnTrailers,
): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const call = client.makeUnaryRequest(
    path,
    requestSerialize,
    responseDeserialize,
    request,
    metadata,
    { deadline },
    (error, response) => (error ? reject(error) : resolve(response)),
  );
  return untilEnd(call, signal, onTrailers, promise);
}

/** The interceptors stand around the whole stream: they end when it does. */
export async function* sendForStream(
  client: Client,
  { path, requestSerialize, responseDeserialize }: MethodDescription,
  request: never,
  call: ClientCall,
  interceptors: readonly ClientInterceptor[],
  onTrailers: OnTrailers,
): AsyncIterable<unknown> {
  const { metadata, context } = call;
  const started = Promise.withResolvers<ClientReadableStream<unknown>>();
  const ended = intercept(interceptors, call, () => {
    const stream = client.makeServerStreamRequest(
      path,
      requestSerialize,
      responseDeserialize,
      request,
      metadata,
      { deadline: context.deadline },
    );
    started.resolve(stream);
    const end = new Promise<void>((resolve, reject) => stream.once('end', resolve).once('error', reject));
    return untilEnd(stream, context.signal, onTrailers, end);
  });
  // Refused before anything was sent, it has no stream.
  ended.catch(started.reject);
  const stream = await started.promise;
  try {
    yield* stream;
  } catch {
    // The same error comes out of the interceptors, translated.
    await ended;
  } finally {
    stream.cancel();
  }
  await ended;
}

async function untilEnd<T>(
  call: ClientUnaryCall | ClientReadableStream<unknown>,
  signal: AbortSignal,
  onTrailers: OnTrailers,
  outcome: Promise<T>,
): Promise<T> {
  if (onTrailers !== undefined) call.once('status', ({ metadata }) => onTrailers(metadata));
  const cancel = () => call.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    return await outcome;
  } catch (error) {
    // Why it was cancelled is known here alone.
    throw signal.reason instanceof ShopError ? signal.reason : error;
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}
