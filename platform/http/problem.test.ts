import express from 'express';
import { z } from 'zod';
import { ERROR_KINDS, ShopError } from '../errors.ts';
import { createLogger } from '../logger.ts';
import { operation, serve } from './operation.ts';
import { problemHandler, statusOf, unknownRoute } from './problem.ts';
import { requestLog } from './request-log.ts';
import { listen, type HttpServer } from './server.ts';

let server: HttpServer;
let toThrow: unknown;

beforeAll(async () => {
  const app = express();
  app.use(
    requestLog(createLogger({ name: 'test', level: 'silent', format: 'json' })),
    express.json({ limit: 100 }),
  );
  const router = express.Router();
  const body = z.object({ amount: z.int().min(1) });
  const echo = operation({
    id: 'echo',
    method: 'post',
    path: '/echo/:id',
    summary: '',
    tag: '',
    access: 'anyone',
    params: z.object({ id: z.uuid() }),
    body,
    success: { status: 200, description: '', body },
  });
  serve({ router, authenticate: async () => undefined }, echo, async (request) => ({ body: request.body }));
  const secret = operation({
    id: 'secret',
    method: 'get',
    path: '/secret',
    summary: '',
    tag: '',
    access: 'admin',
    success: { status: 204, description: '' },
  });
  serve({ router, authenticate: async () => ({ id: 'c', role: 'customer' }) }, secret, async () => undefined);
  app.use(router);
  app.get('/throw', () => {
    throw toThrow;
  });
  app.use(
    unknownRoute,
    problemHandler(() => undefined),
  );
  server = await listen(app, { host: '127.0.0.1', port: 0, name: 'test' });
});
afterAll(() => server.stop(0));

const call = async (path: string, init?: RequestInit) => {
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`, init);
  return {
    status: response.status,
    headers: response.headers,
    problem: (await response.json()) as Record<string, unknown>,
  };
};

test.each(ERROR_KINDS)('an error of the kind %s has a status of its own and keeps its code', async (kind) => {
  toThrow = new ShopError(kind, 'some_code', 'Some words.', { retryAfter: 7, extra: { productId: 'p' } });
  const { status, headers, problem } = await call('/throw');
  expect(status).toBe(statusOf(kind));
  expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(headers.get('retry-after')).toBe('7');
  expect(problem).toMatchObject({ code: 'some_code', detail: 'Some words.', status, productId: 'p' });
});

test('no two kinds share a status', () => {
  expect(new Set(ERROR_KINDS.map(statusOf)).size).toBe(ERROR_KINDS.length);
});

test('of an unexpected error a client learns nothing but the id it is logged under', async () => {
  toThrow = new Error('password=hunter2 at /srv/app.ts:1');
  const { status, problem } = await call('/throw', { headers: { 'x-request-id': 'request-1' } });
  expect(status).toBe(500);
  expect(JSON.stringify(problem)).not.toMatch(/hunter2|app\.ts/);
  expect(problem).toMatchObject({ code: 'internal', requestId: 'request-1' });
});

test('a request id that is not a sane one is replaced', async () => {
  toThrow = new ShopError('conflict', 'c', 'C.');
  const { headers } = await call('/throw', { headers: { 'x-request-id': 'a"b {evil}' } });
  expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
});

test('every violated rule of a request is named by its place', async () => {
  const { status, problem } = await call('/echo/nothing', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"amount":0}',
  });
  expect(status).toBe(400);
  expect(problem['violations']).toMatchObject([{ pointer: '/path/id' }, { pointer: '/body/amount' }]);
});

test.each([
  ['malformed JSON', 'application/json', '{', 400, 'malformed_request'],
  ['another media type', 'text/plain', 'x', 415, 'unsupported_media_type'],
  [
    'a body over the limit',
    'application/json',
    JSON.stringify({ amount: 1, x: 'x'.repeat(200) }),
    413,
    'payload_too_large',
  ],
])('%s is refused', async (_what, type, body, status, code) => {
  const answer = await call('/echo/0', { method: 'POST', headers: { 'content-type': type }, body });
  expect(answer).toMatchObject({ status, problem: { code } });
});

test('a customer is not let into an administrator’s operation', async () => {
  expect(await call('/secret')).toMatchObject({ status: 403, problem: { code: 'permission_denied' } });
});

test('an unknown route is a problem too', async () => {
  expect(await call('/nowhere')).toMatchObject({ status: 404, problem: { code: 'not_found' } });
});
