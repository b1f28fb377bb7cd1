import { openClient } from './client.ts';
import { runLoad } from './run-load.ts';
import { openSession } from './session.ts';
import { startFakeShop, type FakeShop, type Spoil } from './testing.ts';

let shop: FakeShop;
afterEach(() => shop.stop());

test('cookies are kept as a browser keeps them, by each person, signed in or not', async () => {
  const came: (string | undefined)[] = [];
  let sets = 'seen=a; Max-Age=60; Path=/';
  shop = await startFakeShop(({ cookie }, { answer }) => {
    came.push(cookie);
    answer(200, {}, { 'set-cookie': sets });
    return true;
  });
  const client = openClient(shop.url, 'test', 5_000);
  const [one, other] = [openSession(client), openSession(client)];
  const ask = { method: 'GET', path: '/cart' } as const;
  await one.send(ask);
  sets = 'seen=b; Max-Age=60; Path=/';
  await one.as('token').send(ask);
  sets = 'seen=; Max-Age=0; Path=/';
  await one.send(ask);
  await one.send(ask);
  await other.send(ask);
  await client.close();
  expect(came).toEqual([undefined, 'seen=a', 'seen=b', undefined, undefined]);
});

/** Each answer says how many this browser has had before, in a cookie; whoever comes without it has had none. */
test('in a run everybody has a browser of their own, in which they also open their account and sign in', async () => {
  const browsers = new Map<string, string[]>();
  const count: Spoil = ({ method, path, cookie }, { answer }) => {
    const [, name = `b${browsers.size}`] = /browser=(\w+)/.exec(cookie ?? '') ?? [];
    const seen = browsers.get(name) ?? [];
    browsers.set(name, [...seen, `${method} ${path.split(/[/?]/)[1]}`]);
    if (method !== 'POST' || path === '/products') return false;
    const body = path === '/orders' ? { status: 'confirmed' } : { token: 'token' };
    answer(201, body, { 'set-cookie': `browser=${name}; Path=/` });
    return true;
  };
  shop = await startFakeShop(count);
  const options = { rate: 200, duration: 0.5, warmup: 0, adminPercent: 0, declinedPercent: 0 };
  const report = await runLoad({ url: shop.url, customers: 3, ...options });
  expect(report.unexpected).toBe(0);
  const shoppers = [...browsers.values()].filter(([first]) => first === 'POST customers');
  expect(shoppers.map(([, second]) => second)).toEqual(Array(3).fill('POST sessions'));
  for (const requests of shoppers) expect(requests).toContain('GET cart');
});
