import type { Metadata } from '@grpc/grpc-js';
import { ShopError } from '../../errors.ts';
import type { Positions } from '../../position.ts';
import { openGround } from '../testing/ground.ts';
import { serverPositions } from './positions.ts';

const ground = openGround();
afterAll(() => ground.close());

/** In order. */
let happened: string[];
let positions: Positions;
beforeEach(() => {
  happened = [];
  positions = {
    async now(schema) {
      happened.push(`position of ${schema}`);
      return `position-${happened.length}`;
    },
    async hasReached(schema, position) {
      happened.push(`reached ${position} of ${schema}?`);
      return position === 'old';
    },
  };
});

async function call(metadata: Record<string, string>, failure?: Error) {
  const server = await ground.listen(
    {
      read: async ({ text }) => {
        happened.push('work');
        if (failure !== undefined) throw failure;
        return { text };
      },
    },
    { interceptors: [serverPositions(positions, 'wares')] },
  );
  let trailers: Metadata | undefined;
  const onTrailers = (sent: Metadata) => (trailers = sent);
  const outcome = await ground
    .connect([server])
    .read({ text: 'x', numbers: [] }, { metadata, onTrailers })
    .catch((error: unknown) => error);
  return { outcome, position: trailers?.get('x-position') };
}

test('a call that asks for nothing costs nothing', async () => {
  expect(await call({})).toEqual({ outcome: { text: 'x' }, position: [] });
  expect(happened).toEqual(['work']);
});

test('a position is taken after the work', async () => {
  expect(await call({ 'x-want-position': '1' })).toEqual({
    outcome: { text: 'x' },
    position: ['position-2'],
  });
  expect(happened).toEqual(['work', 'position of wares']);
});

test('a failure tells its position, too, since it may be something that was read', async () => {
  const failure = new ShopError('not_found', 'not_found', 'There is none.');
  expect(await call({ 'x-want-position': '1' }, failure)).toEqual({
    outcome: expect.objectContaining({ code: 'not_found' }) as unknown,
    position: ['position-2'],
  });
});

test('what has been reached is asked before the work', async () => {
  expect(await call({ 'x-read-after': 'old', 'x-want-position': '1' })).toEqual({
    outcome: { text: 'x' },
    position: ['position-3'],
  });
  expect(happened).toEqual(['reached old of wares?', 'work', 'position of wares']);
});

test('where it has not been reached, nothing is done, and no position is told', async () => {
  const { outcome, position } = await call({ 'x-read-after': 'new', 'x-want-position': '1' });
  expect(outcome).toMatchObject({ kind: 'conflict', code: 'behind' });
  expect(position).toEqual([]);
  expect(happened).toEqual(['reached new of wares?']);
});

test.each([
  ['is not known', async () => undefined],
  [
    'cannot be had',
    async () => {
      throw new Error('the database is away');
    },
  ],
  ['does not come', () => new Promise<never>(() => undefined)],
])('an answer goes out without a position that %s', async (_why, now) => {
  positions = { ...positions, now };
  expect(await call({ 'x-want-position': '1' })).toEqual({ outcome: { text: 'x' }, position: [] });
});
