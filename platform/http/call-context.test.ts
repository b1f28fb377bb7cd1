import express from 'express';
import { pino } from 'pino';
import { currentCall, type CallContext } from '../call-context.ts';
import { until } from '../testing/until.ts';
import { callContext } from './call-context.ts';
import { requestLog } from './request-log.ts';
import { listen, type HttpServer } from './server.ts';

let server: HttpServer;
const contexts: (CallContext | undefined)[] = [];

beforeAll(async () => {
  const app = express();
  app.use(requestLog(pino({ level: 'silent' })));
  app.use(callContext(300));
  app.get('/quick', (_request, response) => {
    contexts.push(currentCall());
    response.end();
  });
  app.get('/slow', () => void contexts.push(currentCall()));
  server = await listen(app, { host: '127.0.0.1', port: 0, name: 'test' });
});
beforeEach(() => void contexts.splice(0));
afterAll(() => server.stop(0));

const get = (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${server.port}${path}`, init);

test('what a request causes has its id, and a deadline', async () => {
  const before = Date.now();
  await get('/quick', { headers: { 'x-request-id': 'request-7' } });
  expect(contexts[0]?.requestId).toBe('request-7');
  expect(contexts[0]?.deadline).toBeGreaterThanOrEqual(before + 300);
});

test('a request that was answered leaves its signal alone', async () => {
  await get('/quick');
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(contexts[0]?.signal.aborted).toBe(false);
});

test('a client that goes away is told to what its request has caused', async () => {
  const client = new AbortController();
  const answer = get('/slow', { signal: client.signal }).catch(() => undefined);
  await until(() => contexts.length === 1);
  client.abort();
  await answer;
  await until(() => contexts[0]?.signal.aborted === true);
  expect(contexts[0]?.signal.reason).toMatchObject({ kind: 'unavailable' });
});

test('so is a deadline that has passed', async () => {
  const client = new AbortController();
  const answer = get('/slow', { signal: client.signal }).catch(() => undefined);
  await until(() => contexts[0]?.signal.aborted === true);
  expect(contexts[0]?.signal.reason).toMatchObject({ code: 'deadline_exceeded' });
  client.abort();
  await answer;
});
