import { gone, post, shopsOfEachTest } from './testing.ts';

const { place, start } = shopsOfEachTest();

const account = { email: 'kept@shop.test', password: 'password', name: 'Kept' };

test('after a SIGKILL of every process the next start recovers, with everything that was acknowledged', async () => {
  const here = await place();
  const shop = await start(here);
  expect((await post(shop, '/customers', account)).status).toBe(201);
  for (const pid of [shop.pids.start, here.postmaster() ?? 0, shop.pids.monolith, shop.pids.paymentProvider])
    process.kill(pid, 'SIGKILL');
  await shop.ended;
  const again = await start(here);
  expect((await post(again, '/sessions', account)).status).toBe(201);
});

test('the children of a start that was killed end by themselves, and the next start takes over the database', async () => {
  const here = await place();
  const shop = await start(here);
  process.kill(shop.pids.start, 'SIGKILL');
  expect(await gone(shop.pids.monolith)).toBe(true);
  expect(await gone(shop.pids.paymentProvider)).toBe(true);
  const again = await start(here);
  expect(await again.stop()).toBe(0);
  expect(here.postmaster()).toBeUndefined();
});

test('when the monolith dies, the start says so and stops everything', async () => {
  const here = await place();
  const shop = await start(here);
  process.kill(shop.pids.monolith, 'SIGKILL');
  expect(await shop.ended).toBe(1);
  expect(shop.output()).toMatch(/the monolith has ended/);
  expect(await gone(shop.pids.paymentProvider)).toBe(true);
  expect(here.postmaster()).toBeUndefined();
});
