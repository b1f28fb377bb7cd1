// Both processes, as customers meet them: whoever writes at the monolith, and takes the position along, finds the write at
// the service, or is sent back.
import type { Metadata } from '@grpc/grpc-js';
import { ShopError } from '#platform/errors.ts';
import { until } from '#platform/testing/until.ts';
import { startHeartbeats, type Heartbeats } from '../ownership/heartbeats.ts';
import { replicate } from '../ownership/replicate.ts';
import { stop } from '../ownership/stop.ts';
import { openSides, type Sides } from './testing-sides.ts';

let sides: Sides;
let heartbeats: Heartbeats;
let token: string;

beforeAll(async () => {
  sides = await openSides(50);
  heartbeats = startHeartbeats(sides.replica);
  const session = await atMonolith('POST', '/sessions', {
    email: 'admin@shop.test',
    password: 'shop-admin',
  });
  ({ token } = session.body as { token: string });
});
afterAll(async () => {
  await heartbeats.stop();
  await sides.close();
});

async function atMonolith(method: string, path: string, body?: object) {
  const response = await fetch(`${sides.addresses.monolith}${path}`, {
    method,
    headers: {
      'content-type': 'application/json',
      'x-want-position': 'catalog',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    position: (response.headers.get('x-position') ?? '').replace(/^catalog=/, ''),
    body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
  };
}

/** @returns `behind`, another code, or the name; and the position that came with it. */
async function atService(id: string, readAfter: string) {
  let trailers: Metadata | undefined;
  const answer = await sides.client
    .getProduct(
      { id },
      {
        metadata: { 'x-read-after': readAfter, 'x-want-position': '1' },
        onTrailers: (sent) => (trailers = sent),
      },
    )
    .then(({ product }) => product?.name)
    .catch((error: unknown) => {
      if (error instanceof ShopError) return error.code;
      throw error;
    });
  return { answer, position: String(trailers?.get('x-position')[0] ?? '') };
}

/** Asks again and again, as long as the service is behind. */
async function whenReached(id: string, readAfter: string) {
  let last = { answer: 'behind' as string | undefined, position: '' };
  await until(async () => {
    last = await atService(id, readAfter);
    return last.answer !== 'behind';
  });
  return last;
}

const draft = (name: string, sku: string) => ({
  ...{ sku, name, description: 'Boils water.', category: 'tea' },
  price: { amount: 100, currency: 'EUR' },
});

test('each write at the monolith is seen at the service as soon as that has reached it, and its removal, too', async () => {
  const [{ slug } = { slug: '' }] = await sides.sql<{ slug: string }>(
    'monolith',
    'SELECT slug FROM catalog.categories LIMIT 1',
  );
  for (let round = 0; round < 20; round += 1) {
    const created = await atMonolith('POST', '/products', {
      ...draft(`New ${round}`, `POS-${round}`),
      category: slug,
    });
    expect(created.status).toBe(201);
    const { id } = created.body as { id: string };
    const seen = await whenReached(id, created.position);
    expect(seen.answer).toBe(`New ${round}`);
    // What the service has shown it shows again at once.
    expect((await atService(id, seen.position)).answer).toBe(`New ${round}`);

    const removed = await atMonolith('DELETE', `/products/${id}`);
    expect(removed.status).toBe(204);
    const gone = await whenReached(id, removed.position);
    expect(gone.answer).toBe('not_found');
    expect(gone.position).toMatch(/^[0-9a-f]{32}~1~/);
  }
});

test('problems at the monolith tell a position, too', async () => {
  const { status, position } = await atMonolith('GET', '/products/nonsense');
  expect(status).toBe(400);
  expect(position).toMatch(/^[0-9a-f]{32}~1~/);
});

test('without replication nothing is told and nothing reached; replicated again, nothing of before', async () => {
  const [{ id } = { id: '' }] = await sides.sql<{ id: string }>(
    'monolith',
    'SELECT id FROM catalog.products WHERE archived_at IS NULL LIMIT 1',
  );
  const { position } = await atMonolith('GET', `/products/${id}`);
  const seen = await whenReached(id, position);
  await heartbeats.stop();
  await stop(sides.replica, { emptyService: true });
  expect(await atService(id, seen.position)).toEqual({ answer: 'behind', position: '' });
  expect((await atMonolith('GET', `/products/${id}`)).position).toBe('');

  await replicate(sides.replica);
  heartbeats = startHeartbeats(sides.replica);
  let now = '';
  await until(async () => (now = (await atMonolith('GET', `/products/${id}`)).position) !== '');
  expect((await whenReached(id, now)).answer).not.toBe('not_found');
  expect((await atService(id, seen.position)).answer).toBe('behind');
  expect((await atService(id, position)).answer).toBe('behind');
});
