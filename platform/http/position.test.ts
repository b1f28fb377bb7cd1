import express from 'express';
import { createLogger } from '../logger.ts';
import type { Positions } from '../position.ts';
import { ShopError } from '../errors.ts';
import { answerPositions } from './position.ts';
import { problemHandler } from './problem.ts';
import { requestLog } from './request-log.ts';
import { listen, type HttpServer } from './server.ts';

let server: HttpServer;
let now: Positions['now'];
let asked: string[];
/** What the handlers did, and when they were done. */
let done: number;

beforeAll(async () => {
  const app = express();
  // As in the monolith; here each problem has an id of its own.
  app.disable('etag');
  app.use(requestLog(createLogger({ name: 'test', level: 'silent', format: 'json' })));
  const positions = { now: (schema: string) => now(schema), hasReached: async () => false };
  app.use(answerPositions(positions, { catalog: 'wares', orders: 'orders' }));
  const work = () => new Promise((resolve) => setTimeout(resolve, 5)).then(() => (done += 1));
  app.get('/json', async (_request, response) => void (await work().then(() => response.json({ done }))));
  app.post(
    '/nothing',
    async (_request, response) => void (await work().then(() => response.status(204).end())),
  );
  app.get('/refused', async () => {
    await work();
    throw new ShopError('conflict', 'conflict', 'No.');
  });
  app.get('/bug', () => {
    throw new Error('a bug');
  });
  app.get('/pieces', async (_request, response) => {
    await work();
    response.writeHead(203, { 'content-type': 'text/plain' });
    for (let count = 0; count < 100; count += 1) response.write(`${count}\n`.repeat(1_000));
    response.end('end');
  });
  app.use('/files', express.static(import.meta.dirname));
  app.use(problemHandler(() => undefined));
  server = await listen(app, { host: '127.0.0.1', port: 0, name: 'test' });
});
beforeEach(() => {
  [asked, done] = [[], 0];
  now = async (schema) => {
    asked.push(schema);
    return `${schema}-after-${done}`;
  };
});
afterAll(() => server.stop(0));

const get = (path: string, wanted?: string, init: RequestInit = {}) =>
  fetch(`http://127.0.0.1:${server.port}${path}`, {
    ...init,
    headers: wanted === undefined ? {} : { 'x-want-position': wanted },
  });

test.each([
  ['GET', '/json', 200],
  ['HEAD', '/json', 200],
  ['POST', '/nothing', 204],
  ['GET', '/refused', 409],
  ['GET', '/pieces', 203],
])('%s %s brings the position of when its work was done', async (method, path, status) => {
  const response = await get(path, 'catalog', { method });
  expect(response.status).toBe(status);
  expect(response.headers.get('x-position')).toBe('catalog=wares-after-1');
  await response.text();
});

test.each([
  ['/bug', 500],
  ['/files/position.ts', 200],
  ['/files/nowhere', 404],
])('%s brings one, too', async (path, status) => {
  const response = await get(path, 'catalog');
  expect(response.status).toBe(status);
  expect(response.headers.get('x-position')).toBe('catalog=wares-after-0');
});

test('an answer is the same with a position as without it', async () => {
  for (const path of ['/pieces', '/files/server.ts', '/refused', '/nowhere']) {
    const [plain, positioned] = [await get(path), await get(path, 'catalog')];
    const headers = (response: Response) =>
      Object.fromEntries(
        [...response.headers].filter(([name]) => !/^(x-position|x-request-id|date)$/.test(name)),
      );
    expect(headers(positioned)).toEqual(headers(plain));
    const text = async (response: Response) => (await response.text()).replace(/"requestId":"[^"]*"/, '');
    expect(await text(positioned)).toBe(await text(plain));
  }
});

test('of several capabilities each has its position, and of unknown ones none', async () => {
  const response = await get('/json', 'orders, nonsense,catalog,catalog');
  expect(response.headers.get('x-position')).toBe('catalog=wares-after-1,orders=orders-after-1');
  expect(asked.toSorted()).toEqual(['orders', 'wares']);
});

test.each([undefined, 'nonsense', '', '__proto__', 'constructor'])(
  'nothing is asked of the database where %j is wanted',
  async (wanted) => {
    const response = await get('/json', wanted);
    expect(response.headers.has('x-position')).toBe(false);
    expect(asked).toEqual([]);
  },
);

test.each([
  ['is not known', async () => undefined],
  [
    'cannot be had',
    async () => {
      throw new Error('the database is away');
    },
  ],
  ['does not come', () => new Promise<never>(() => undefined)],
])('an answer goes out without a position that %s', async (_why, answer) => {
  now = answer;
  const response = await get('/json', 'catalog');
  expect(response.status).toBe(200);
  expect(response.headers.has('x-position')).toBe(false);
  expect(await response.json()).toEqual({ done: 1 });
});
