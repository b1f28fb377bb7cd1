import { openServer } from '#platform/postgres/server.ts';
import { openSecrets } from '#platform/secrets.ts';
import type { Side } from '../strangler/ownership/replica.ts';
import { moveWithRoom } from '../strangler/ownership/testing-room.ts';
import { findReplica } from '../strangler/switch/find-replicas.ts';
import { acceptanceSuite } from './testing-acceptance.ts';
import { run, shopsOfEachTest, type Place } from './testing.ts';

const { place, start } = shopsOfEachTest();

async function shopWithReplica() {
  const here = await place();
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
