import { setTimeout as sleep } from 'node:timers/promises';
import { openServer } from '#platform/postgres/server.ts';
import { openSecrets } from '#platform/secrets.ts';
import { otherSide, type Side } from '../strangler/ownership/replica.ts';
import { moveWithRoom } from '../strangler/ownership/testing-room.ts';
import { findReplica } from '../strangler/switch/find-replicas.ts';
import { acceptanceSuite } from './testing-acceptance.ts';
import { run, shopsOfEachTest, type Place } from './testing.ts';

const { place, start } = shopsOfEachTest();

/** Above what a machine may need that does other things as well: the suite asks everything once, and knows no "later". */
const PATIENCE = {
  GATEWAY_SERVICE_PATIENCE_MS: '10000',
  GATEWAY_WRITE_PATIENCE_MS: '10000',
  GATEWAY_HOLD_MS: '10000',
};

async function shopWithReplica() {
  const here = await place();
  Object.assign(here.environment, PATIENCE);
  const shop = await start(here, '--products', '500');
  expect(await run('switch', here.environment, 'replicate', 'catalog')).toMatchObject({ code: 0 });
  return { shop, move: await moverOf(here) };
}

/** Moves as the switch does. */
async function moverOf({ folder }: Place) {
  // The shop's own: it runs, and is found by its folder.
  const { adminUrl } = await openServer({ folder, secrets: openSecrets(folder) });
  const replica = findReplica('catalog', adminUrl, 'shop');
  return (target: Side) => moveWithRoom(replica, target);
}

test('the acceptance suite passes while the service owns the catalog', async () => {
  const { shop, move } = await shopWithReplica();
  await move('service');
  const { code, output } = await acceptanceSuite(shop);
  expect(code === 0 ? '' : output).toBe('');
  const answer = await fetch(`${shop.shop}/products?pageSize=1`);
  expect(answer.headers.get('x-served-by')).toBe('catalog');
}, 300_000);

test('the acceptance suite passes while the catalog moves to and fro every second', async () => {
  const { shop, move } = await shopWithReplica();
  const ended = new AbortController();
  let [owner, moves]: [Side, number] = ['monolith', 0];
  async function flip(): Promise<void> {
    while (!ended.signal.aborted) {
      owner = otherSide(owner);
      expect(await move(owner)).toMatchObject({ owner, moved: true });
      moves += 1;
      await sleep(1_000, undefined, { signal: ended.signal }).catch(() => undefined);
    }
  }
  const flipping = flip();
  const { code, output } = await acceptanceSuite(shop, 1).finally(() => ended.abort());
  await flipping;
  expect(code === 0 ? '' : output).toBe('');
  expect(moves).toBeGreaterThan(20);
}, 600_000);
