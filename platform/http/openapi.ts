// Builds the OpenAPI document from the operations that are served: it cannot say what the code does not do.
import { createDocument, type ZodOpenApiOperationObject } from 'zod-openapi';
import type { ErrorKind } from '../errors.ts';
import { keyHeaders, type Operation } from './operation.ts';
import { statusOf } from './problem.ts';
import { problem } from './schemas.ts';

export type ApiDescription = Readonly<Record<'title' | 'version' | 'description', string>>;

export function buildOpenApi(info: ApiDescription, operations: readonly Operation[]) {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const op of operations) {
    const path = op.path.replace(/:(\w+)/g, '{$1}');
    (paths[path] ??= {})[op.method] = describe(op);
  }
  return createDocument({
    openapi: '3.1.0',
    info: { ...info },
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  });
}

function describe(op: Operation): ZodOpenApiOperationObject {
  return {
    operationId: op.id,
    summary: op.summary,
    tags: [op.tag],
    ...(op.access !== 'anyone' && { security: [{ bearer: [] }] }),
    requestParams: {
      ...(op.params && { path: op.params }),
      ...(op.query && { query: op.query }),
      ...((op.headers ?? op.idempotent) && { header: headersOf(op) }),
    },
    ...(op.body && { requestBody: { required: true, content: { 'application/json': { schema: op.body } } } }),
    responses: {
      [op.success.status]: {
        description: op.success.description,
        ...(op.success.body && { content: { 'application/json': { schema: op.success.body } } }),
      },
      ...(op.success.etag &&
        op.method === 'get' && { 304: { description: 'Not changed since the given ETag' } }),
      ...failures(op),
    },
  };
}

const headersOf = ({ headers, idempotent }: Operation) =>
  idempotent ? keyHeaders.extend(headers?.shape ?? {}) : headers;

/** Every failure of an operation by status, its own and those that its shape implies. */
function failures(op: Operation): Record<string, { description: string; content: object }> {
  const codes: Record<string, ErrorKind> = { ...impliedErrors(op), ...op.errors };
  const byStatus = new Map<number, string[]>();
  for (const [code, kind] of Object.entries(codes)) {
    byStatus.set(statusOf(kind), [...(byStatus.get(statusOf(kind)) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, list]) => [
      status,
      { description: list.join(', '), content: { 'application/problem+json': { schema: problem } } },
    ]),
  );
}

function impliedErrors(op: Operation): Record<string, ErrorKind> {
  const takesInput = op.params ?? op.query ?? op.headers ?? op.body ?? op.idempotent;
  return {
    ...(takesInput && { invalid_request: 'invalid_argument', malformed_request: 'invalid_argument' }),
    ...(op.body && {
      unsupported_media_type: 'unsupported_media_type',
      payload_too_large: 'payload_too_large',
    }),
    ...(op.idempotent && { idempotency_key_reused: 'conflict' }),
    ...(op.access !== 'anyone' && { unauthenticated: 'unauthenticated' }),
    ...(op.access === 'admin' && { permission_denied: 'permission_denied' }),
    headers_too_large: 'headers_too_large',
    internal: 'internal',
    unavailable: 'unavailable',
  };
}
