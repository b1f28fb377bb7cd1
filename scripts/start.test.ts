import { logged, newPlace, post, run, shopsOfEachTest } from './testing.ts';

const { place, start } = shopsOfEachTest();

const account = { email: 'kept@shop.test', password: 'password', name: 'Kept' };

test('two checkouts run side by side, and each keeps its data over a restart', async () => {
  const [left, right] = [await place(), await place()];
  const first = await start(left);
  const second = await start(right);
  expect((await post(first, '/customers', account)).status).toBe(201);
  expect((await post(second, '/sessions', account)).status).toBe(401);
  // Whoever makes the administrator of the seed says so, and so does whoever finds it as it was made.
  await logged(first, /"level":40,.*admin@shop\.test, whose password the README names/);

  expect(await first.stop()).toBe(0);
  expect(left.postmaster()).toBeUndefined();
  const again = await start(left);
  expect((await post(again, '/sessions', account)).status).toBe(201);
  await logged(again, /"level":40,.*"name":"monolith".*admin@shop\.test still has the password/);
});

test('a second start on the same data is refused in one line, and a stop answers the checkout in flight', async () => {
  const here = await place();
  const shop = await start(here);
  const elsewhere = await newPlace();
  const second = await run('start', {
    ...here.environment,
    SHOP_PORT_OFFSET: elsewhere.environment['SHOP_PORT_OFFSET'] ?? '',
  });
  elsewhere.remove();
  expect(second.code).toBe(1);
  expect(second.output.trim()).toMatch(/^npm start: the shop is running already on this data: .*$/);
  // It has done no harm: the shop still sells, and its last sale is not cut off by a stop.
  const { token } = (await (
    await post(shop, '/sessions', { email: 'ada@shop.test', password: 'shop-customer' })
  ).json()) as { token: string };
  const headers = {
    authorization: `Bearer ${token}`,
    'idempotency-key': 'in-flight',
    'content-type': 'application/json',
  };
  const { products } = (await (await fetch(`${shop.shop}/products?pageSize=100`)).json()) as {
    products: { id: string }[];
  };
  for (const { id } of products) {
    const { available } = (await (await fetch(`${shop.shop}/stock/${id}`)).json()) as { available: number };
    if (available === 0) continue;
    await fetch(`${shop.shop}/cart/items/${id}`, { method: 'PUT', headers, body: '{"quantity":1}' });
    break;
  }
  const shippingAddress = { name: 'A', line1: '1', city: 'B', postalCode: '1', country: 'DE' };
  const checkout = post(shop, '/orders', { paymentToken: 'tok_slow', shippingAddress }, headers);
  await new Promise((resolve) => setTimeout(resolve, 300));
  process.kill(shop.pids.monolith, 'SIGTERM');
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect((await fetch(`${shop.shop}/health/ready`)).status).toBe(503);
  const answer = await checkout;
  expect(answer.status).toBe(201);
  expect(await answer.json()).toMatchObject({ status: 'confirmed' });
});
