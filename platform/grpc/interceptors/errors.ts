// Errors: the server answers with a status made of its one error type, the client gets that same error back. What was
// not expected is logged whole, and answered with an id instead of its message.
import { status, type ServiceError } from '@grpc/grpc-js';
import { ShopError, type TranslateError } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import type { ClientInterceptor, ServerInterceptor } from '../interceptor.ts';
import { codeOf, fromServiceError, GrpcError, toGrpcError } from '../status.ts';

/** @param translate knows the failures of a technology: that the database is away, say. */
export function serverErrors(log: Logger, translate: TranslateError): ServerInterceptor {
  return async ({ context: { requestId, signal }, service, method }, next) => {
    try {
      await next();
    } catch (error) {
      // Whatever a call fails with after its caller has gone, it fails because of that.
      const gone: unknown = signal.aborted ? signal.reason : undefined;
      const known = [gone, error].find((each) => each instanceof ShopError) ?? translate(error);
      if (known !== undefined) throw toGrpcError(known);
      log.error({ err: error, requestId, method: `${service}/${method}` }, 'unexpected error');
      const apology = `Something went wrong here. It is logged under the request id ${requestId}.`;
      throw toGrpcError(new ShopError('internal', 'internal', apology, { cause: error }));
    }
  };
}

export const clientErrors: ClientInterceptor = async (_call, next) => {
  try {
    await next();
  } catch (error) {
    throw isServiceError(error) ? fromServiceError(error) : error;
  }
};

const isServiceError = (error: unknown): error is ServiceError =>
  error instanceof Error && 'code' in error && 'details' in error && typeof error.code === 'number';

/** The status that a call ended with, as the interceptors outside of this one see it. */
export function statusOf(error: unknown): status {
  if (error instanceof ShopError) return codeOf(error);
  return error instanceof GrpcError || isServiceError(error) ? error.code : status.UNKNOWN;
}
