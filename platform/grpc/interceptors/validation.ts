// Validation: a request that breaks a rule of its contract (`buf.validate`) is refused, with every violated field named,
// before any code of the service sees it.
import { fromBinary } from '@bufbuild/protobuf';
import { pathToString } from '@bufbuild/protobuf/reflect';
import { createValidator } from '@bufbuild/protovalidate';
import { ShopError } from '../../errors.ts';
import { describeService } from '../descriptors.ts';
import { pointerOf } from '../field-path.ts';
import type { ServerInterceptor } from '../interceptor.ts';

const validator = createValidator();

export const serverValidation: ServerInterceptor = (call, next) => {
  const method = describeService(call.service).methods.find(({ name }) => name === call.method);
  if (method === undefined) throw new Error(`the contract of ${call.service} has no ${call.method}`);
  // ts-proto's messages are plain objects, and the rules are read off the descriptor's own: decoded a second time.
  const { violations, error } = validator.validate(method.input, fromBinary(method.input, call.bytes));
  if (violations !== undefined) {
    throw new ShopError('invalid_argument', 'invalid_request', 'The request is not valid.', {
      violations: violations.map(({ field, message }) => ({
        pointer: pointerOf(pathToString(field)),
        message,
      })),
    });
  }
  // A rule that does not compile is a mistake in the contract.
  if (error !== undefined) throw error;
  return next();
};
