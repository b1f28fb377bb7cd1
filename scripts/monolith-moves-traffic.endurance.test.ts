import { pino } from 'pino';
import { CatalogServiceService } from '../generated/protos/shop/catalog/v1/catalog.ts';
import { checkoutWith } from '../monolith/testing/monolith-process.ts';
import { tokenFor } from '../monolith/testing/request.ts';
import { ShopError } from '#platform/errors.ts';
import { connectGrpc } from '#platform/grpc/client.ts';
import { newId } from '#platform/ids.ts';
import type { Side } from '../strangler/ownership/replica.ts';
import { createProduct, draft, openMovingShop, type Answered, type MovingShop } from './testing-moves.ts';

let shop: MovingShop;

beforeAll(async () => {
  shop = await openMovingShop();
});
afterAll(() => shop.close());

const MOVES: readonly Side[] = ['service', 'monolith', 'service', 'monolith'];

/** Moves there and back while the work is done again and again by each of some workers. */
async function whileMoving(workers: readonly ((round: number) => Promise<void>)[]): Promise<void> {
  let moving = true;
  const rounds = workers.map(() => 0);
  const working = workers.map(async (work, worker) => {
    while (moving) await work((rounds[worker] = (rounds[worker] ?? 0) + 1));
  });
  const everybodyGoesOn = async () => {
    const before = [...rounds];
    while (rounds.some((round, worker) => round < (before[worker] ?? 0) + 2))
      await Promise.race([
        ...working.map((each) => each.then(() => undefined)),
        new Promise((go) => setTimeout(go, 5)),
      ]);
  };
  try {
    for (const target of MOVES) {
      await shop.move(target);
      await everybodyGoesOn();
    }
  } finally {
    moving = false;
    await Promise.all(working);
  }
}

const granted = (answer: Answered): Answered => {
  if (answer.status >= 300) throw new Error(`${answer.status} ${answer.text}`);
  return answer;
};

test('whoever has written is shown it by whomever they ask, while the catalog moves to and fro', async () => {
  const client = connectGrpc(CatalogServiceService, {
    addresses: [shop.address],
    defaultDeadlineMs: 20_000,
    log: pino({ level: 'silent' }),
  });
  const seen = { atService: 0, behind: 0 };
  const versions: (readonly [string, number])[] = [];
  const WANTED = { 'x-want-position': 'catalog' };

  async function writer(keyed: boolean): Promise<(round: number) => Promise<void>> {
    const { path, id } = await createProduct(shop);
    versions.push([id, 1]);
    const at = versions.length - 1;
    return async (round) => {
      const name = `Round ${round}`;
      const key = keyed ? newId() : undefined;
      const write = () => shop.ask('PATCH', path, { body: { name }, key, headers: WANTED });
      const written = granted(await write());
      versions[at] = [id, round + 1];
      // Sent again by somebody who has not heard the answer, perhaps at another owner.
      if (keyed) expect((await write()).text).toBe(written.text);
      const read = granted(await shop.ask('GET', path, { headers: WANTED }));
      expect([read.body['name'], read.headers.get('etag')]).toEqual([name, `"${round + 1}"`]);

      for (const answer of [written, read]) {
        const position = answer.headers.get('x-position')?.replace('catalog=', '') ?? '';
        expect(position).toMatch(/^[0-9a-f]{32}~\d+~/);
        const metadata = { 'x-read-after': position };
        try {
          const { product } = await client.getProduct({ id }, { metadata });
          expect(product?.name).toBe(name);
          seen.atService += 1;
        } catch (error) {
          if (!(error instanceof ShopError && error.code === 'behind')) throw error;
          seen.behind += 1;
        }
      }
    };
  }

  await whileMoving(await Promise.all([true, false, true, false].map(writer)));
  client.close();
  expect(seen.atService).toBeGreaterThan(10);
  expect(seen.behind).toBeGreaterThan(0);
  // Each change has happened once: a version for each, and no more.
  for (const [id, version] of versions) {
    const found = await shop.sql('monolith', 'SELECT version FROM catalog.products WHERE id = $1', [id]);
    expect(found).toEqual([{ version }]);
  }
});

test('products are put on sale once each, under a key or without, while the catalog moves to and fro', async () => {
  const made: string[] = [];
  const creator = (keyed: boolean) => async () => {
    const more = { body: draft(), ...(keyed && { key: newId() }) };
    made.push((await createProduct(shop, more)).id);
  };
  await whileMoving([creator(true), creator(false), creator(false)]);
  const rows = await shop.sql<{ id: string }>(
    'monolith',
    'SELECT id FROM catalog.products WHERE id = ANY ($1)',
    [made],
  );
  expect(rows).toHaveLength(made.length);
  expect(new Set(made).size).toBe(made.length);
});

test('a cart and an order have the price of whoever owns it, while the catalog moves to and fro', async () => {
  async function buyer(): Promise<(round: number) => Promise<void>> {
    const { id, path } = await createProduct(shop);
    granted(await shop.ask('PUT', `/stock/${id}`, { body: { onHand: 10_000 } }));
    const token = await tokenFor(newId(), 'customer');
    return async (round) => {
      const price = { amount: 100 + round, currency: 'EUR' };
      granted(await shop.ask('PATCH', path, { body: { price } }));
      const cart = granted(await shop.ask('PUT', `/cart/items/${id}`, { body: { quantity: 2 }, token }));
      expect(cart.body).toMatchObject({ items: [{ productId: id, unitPrice: price }] });
      const key = newId();
      const buy = () => shop.ask('POST', '/orders', { body: checkoutWith('tok_ok'), key, token });
      const order = granted(await buy());
      expect(order.body).toMatchObject({ items: [{ productId: id, unitPrice: price, quantity: 2 }] });
      expect((await buy()).text).toBe(order.text);
    };
  }
  await whileMoving(await Promise.all([buyer(), buyer(), buyer()]));
});
