import { post, run, shopsOfEachTest } from './testing.ts';

const { place, start } = shopsOfEachTest();

const account = { email: 'kept@shop.test', password: 'password', name: 'Kept' };

test('an operator looks for parked orders while the shop runs, and resets it only when it does not', async () => {
  const here = await place();
  const shop = await start(here);
  expect(await run('orders', here.environment, 'parked')).toEqual({
    code: 0,
    output: 'no order is parked\n',
  });
  const unknown = await run('orders', here.environment, 'retry', '01a20368-2859-71af-ad58-611b0f7297ef');
  expect(unknown).toMatchObject({
    code: 1,
    output: expect.stringMatching(/^npm run orders: no order .* is parked/) as string,
  });

  await post(shop, '/customers', account);
  const refused = await run('reset', here.environment);
  expect(refused).toMatchObject({
    code: 1,
    output: expect.stringContaining('the shop is running already') as string,
  });
  await shop.stop();
  expect((await run('reset', here.environment)).code).toBe(0);
  const again = await start(here);
  expect((await post(again, '/sessions', account)).status).toBe(401);
});

test('a seed of one’s own size has a history at the provider, and is refused where there is one already', async () => {
  const here = await place();
  const seeded = await run('seed', here.environment, '--products', '60', '--customers', '10', '--json');
  expect(seeded).toMatchObject({ code: 0 });
  expect(JSON.parse(seeded.output.trim().split('\n').at(-1) ?? '')).toMatchObject({
    products: 60,
    customers: 10,
    categories: 40,
  });
  expect(seeded.output).not.toMatch(/"orders":0/);
  expect(here.postmaster()).toBeUndefined();
  expect(await run('seed', here.environment)).toMatchObject({
    code: 1,
    output: expect.stringContaining('npm run reset') as string,
  });
});
