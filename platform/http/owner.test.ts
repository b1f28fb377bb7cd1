import express from 'express';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { pino } from 'pino';
import { until } from '../testing/until.ts';
import { answerOwners, currentEdge, type Edge } from './owner.ts';
import { requestLog } from './request-log.ts';
import { listen, type HttpServer } from './server.ts';

const SERVICE = { owner: 'service', epoch: 2, state: 'ACTIVE' };

let server: HttpServer;
/** What is done with the request, far from what answers. */
let work: (edge: Edge) => unknown;
let edges: (Edge | undefined)[];
/** Of each request, when its connection or its answer has ended. */
let closed: Promise<unknown>[];

beforeAll(async () => {
  const app = express();
  app.use(requestLog(pino({ level: 'silent' })));
  app.use((_request, response, next) => {
    closed.push(once(response, 'close'));
    next();
  });
  app.use(answerOwners);
  app.get('/', async (_request, response) => {
    await new Promise(setImmediate);
    const edge = currentEdge();
    edges.push(edge);
    const body = edge && (await work(edge));
    if (!response.headersSent) response.json(body ?? null);
  });
  app.get('/begun', (_request, response) => {
    response.flushHeaders();
    const edge = currentEdge() as Edge;
    edge.tellOwner('catalog', SERVICE);
    edge.tellServedBy('catalog');
    response.end('and goes on');
  });
  app.get('/never', () => void edges.push(currentEdge()));
  server = await listen(app, { host: '127.0.0.1', port: 0, name: 'test' });
});
beforeEach(() => {
  [edges, closed] = [[], []];
  work = () => undefined;
});
afterAll(() => server.stop(0));

const get = (headers: Readonly<Record<string, string>> = {}, path = '/') =>
  fetch(`http://127.0.0.1:${server.port}${path}`, { headers });
const WANTED = { 'x-want-owner': 'catalog' };
/** The header of an answer to a request that was told so. */
const told = async (tell: (edge: Edge) => unknown, headers: Readonly<Record<string, string>> = WANTED) => {
  work = tell;
  return (await get(headers)).headers.get('x-owner');
};

test('a request is found by whatever works for it, with its id, and outside of any there is none', async () => {
  await get({ 'x-request-id': 'request-7' });
  expect(edges[0]?.requestId).toBe('request-7');
  expect(currentEdge()).toBeUndefined();
});

test('requests that are under way together are told apart', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  work = async (edge) => {
    if (edges.length === 2) resolve();
    await promise;
    return currentEdge() === edge && edge.requestId;
  };
  const ids = ['one', 'two'];
  const answers = await Promise.all(ids.map((id) => get({ 'x-request-id': id })));
  expect(await Promise.all(answers.map((answer) => answer.json()))).toEqual(ids);
});

describe('what a request asks for', () => {
  test.each([
    ['catalog', true],
    ['orders, catalog', true],
    ['orders,catalogue', false],
    ['', false],
    [undefined, false],
  ])('of %j, the catalog: %j', async (names, wants) => {
    work = (edge) => [edge.wantsOwner('catalog'), edge.wantsPosition('catalog')];
    const asking = async (header: string) =>
      (await get(names === undefined ? {} : { [header]: names })).json();
    expect(await asking('x-want-owner')).toEqual([wants, false]);
    expect(await asking('x-want-position')).toEqual([false, wants]);
  });
});

describe('an answer tells who owns', () => {
  test('where it was asked for, as the owner and its epoch', async () => {
    expect(await told((edge) => edge.tellOwner('catalog', SERVICE))).toBe('catalog=service:2');
  });

  test('not where it was not asked for, or where another capability was', async () => {
    const tell = (edge: Edge) => edge.tellOwner('catalog', SERVICE);
    expect(await told(tell, {})).toBeNull();
    expect(await told(tell, { 'x-want-owner': 'orders' })).toBeNull();
  });

  test('by the last that was told of each capability', async () => {
    const tell = (edge: Edge) => {
      edge.tellOwner('catalog', { owner: 'monolith', epoch: 1 });
      edge.tellOwner('orders', { owner: 'monolith', epoch: 1 });
      edge.tellOwner('catalog', SERVICE);
    };
    expect(await told(tell, { 'x-want-owner': 'catalog,orders' })).toBe(
      'catalog=service:2,orders=monolith:1',
    );
  });

  test.each([
    ['nobody is known', undefined],
    ['no owner is', { epoch: 3 }],
    ['no epoch is', { owner: 'service' }],
  ])('no more as soon as %s', async (_what, known) => {
    const tell = (edge: Edge) => {
      edge.tellOwner('catalog', SERVICE);
      edge.tellOwner('orders', SERVICE);
      edge.tellOwner('catalog', known);
    };
    expect(await told(tell)).toBeNull();
    expect(await told(tell, { 'x-want-owner': 'catalog,orders' })).toBe('orders=service:2');
  });

  test('and which process it came from', async () => {
    work = (edge) => edge.tellServedBy('catalog');
    expect((await get()).headers.get('x-served-by')).toBe('catalog');
  });

  test('unless it has begun: then it goes on as it is', async () => {
    const answer = await get(WANTED, '/begun');
    expect([answer.headers.get('x-owner'), answer.headers.get('x-served-by')]).toEqual([null, null]);
    expect(await answer.text()).toBe('and goes on');
  });
});

describe('the signal of a request', () => {
  let socket: Socket | undefined;
  afterEach(() => void socket?.destroy());

  /** A caller whose request is being worked on. */
  async function call() {
    socket = connect(server.port, '127.0.0.1');
    socket.write('GET /never HTTP/1.1\r\nHost: shop\r\n\r\n');
    await until(() => edges.length === 1);
    return {
      edge: edges[0] as Edge,
      hangUp: async () => {
        socket?.destroy();
        await closed[0];
      },
    };
  }

  test('fires when the caller has gone without an answer, with what to throw then', async () => {
    const { edge, hangUp } = await call();
    const { signal } = edge;
    expect([signal.aborted, edge.signal === signal]).toEqual([false, true]);
    await hangUp();
    expect(signal.aborted).toBe(true);
    expect(signal.reason).toMatchObject({ kind: 'unavailable', code: 'cancelled' });
  });

  test('has fired already for whoever asks for it only then', async () => {
    const { edge, hangUp } = await call();
    await hangUp();
    expect(edge.signal.aborted).toBe(true);
  });

  test('stays silent for a caller who was answered, whenever it is asked for', async () => {
    const signals: AbortSignal[] = [];
    work = (edge) => void signals.push(edge.signal);
    await (await get()).text();
    await closed[0];
    work = () => undefined;
    await (await get()).text();
    await closed[1];
    signals.push((edges[1] as Edge).signal);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, false]);
  });
});
