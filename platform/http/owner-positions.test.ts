import express from 'express';
import type { Positions } from '../position.ts';
import { answerOwners, currentEdge, positionsWhereAsked, type Edge } from './owner.ts';
import { listen, type HttpServer } from './server.ts';

let server: HttpServer;
let work: (edge: Edge) => Promise<void>;

beforeAll(async () => {
  const app = express();
  app.use(answerOwners);
  app.get('/', async (_request, response) => {
    await work(currentEdge() as Edge);
    response.end();
  });
  server = await listen(app, { host: '127.0.0.1', port: 0, name: 'test' });
});
afterAll(() => server.stop(0));

describe('the position of an answer', () => {
  const own: Positions = { now: async (schema) => `own ${schema}`, hasReached: async () => true };
  const positions = positionsWhereAsked(own);

  test.each<[string, (edge: Edge) => void, string | undefined]>([
    ['this database’s, where no other was asked', () => undefined, 'own catalog'],
    ['that of the one that was', (edge) => edge.tellPosition('catalog', { position: '7' }), '7'],
    [
      'none, where that did not tell',
      (edge) => edge.tellPosition('catalog', { position: undefined }),
      undefined,
    ],
    [
      'this one’s, where another capability’s was',
      (edge) => edge.tellPosition('orders', { position: '7' }),
      'own catalog',
    ],
    [
      'this one’s again, where that was taken back',
      (edge) => {
        edge.tellPosition('catalog', { position: '7' });
        edge.tellPosition('catalog', undefined);
      },
      'own catalog',
    ],
  ])('is %s', async (_which, tell, expected) => {
    let position: string | undefined;
    work = async (edge) => {
      tell(edge);
      position = await positions.now('catalog');
    };
    await (await fetch(`http://127.0.0.1:${server.port}/`)).text();
    expect(position).toBe(expected);
  });

  test('outside of any request is this database’s, and what it has reached always is', async () => {
    expect(await positions.now('catalog')).toBe('own catalog');
    expect(await positions.hasReached('catalog', '1')).toBe(true);
  });
});
