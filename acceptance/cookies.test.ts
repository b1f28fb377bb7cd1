// The suite's own people: they keep cookies as a browser does, each their own, or a shop that counts on it is misjudged.
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { register, registerCustomer, signInAdmin, visitor } from './actors.ts';
import { send } from './client.ts';
import { publishTarget } from './target.ts';

/** What each request came with, and what the next answers set. */
const came: { readonly path: string; readonly cookie: string | undefined }[] = [];
let sets: readonly string[] = [];

const server = createServer((request: IncomingMessage, response) => {
  const { url = '', headers } = request;
  came.push({ path: url, cookie: headers.cookie });
  response.writeHead(url === '/customers' || url === '/sessions' ? 201 : 200, {
    'content-type': 'application/json',
    'x-served-by': 'nobody',
    'x-request-id': '1',
    'set-cookie': [...sets],
  });
  response.end(JSON.stringify({ id: 'c1', email: 'ada@example.test', token: 'token' }));
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  // Of this file alone: jest gives each test file an environment of its own.
  publishTarget(url, url);
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  came.length = 0;
  sets = [];
});
const cookies = () => came.map(({ cookie }) => cookie);

test('who is given no cookie sends none', async () => {
  const customer = await registerCustomer();
  await customer.get('/cart');
  expect(cookies()).toEqual([undefined, undefined, undefined]);
});

test('a cookie comes back with every later request of that person, the newest value of it, and with nobody else', async () => {
  const [one, other] = [visitor(), visitor()];
  sets = ['who=1; HttpOnly; SameSite=Lax; Path=/', 'seen=a; Max-Age=60; Path=/'];
  await one.get('/products');
  sets = ['seen=b; Max-Age=60; Path=/'];
  await one.post('/orders', {});
  sets = [];
  await one.get('/cart');
  await other.get('/cart');
  await send('GET', '/cart');
  expect(cookies()).toEqual([undefined, 'who=1; seen=a', 'who=1; seen=b', undefined, undefined]);
});

test('a customer opens an account, signs in and shops in one browser', async () => {
  sets = ['who=1; Path=/'];
  const customer = await registerCustomer();
  await customer.get('/cart');
  expect(came).toEqual([
    { path: '/customers', cookie: undefined },
    { path: '/sessions', cookie: 'who=1' },
    { path: '/cart', cookie: 'who=1' },
  ]);
  came.length = 0;
  await (await signInAdmin()).get('/cart');
  await register();
  expect(cookies()).toEqual([undefined, 'who=1', undefined]);
});

test('a cookie that is over, taken back, or of another path is not sent', async () => {
  const someone = visitor();
  sets = ['taken=1; Path=/', 'elsewhere=1; Path=/docs', 'over=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT'];
  await someone.get('/products');
  sets = ['taken=; Max-Age=0; Path=/'];
  await someone.get('/products');
  sets = [];
  await someone.get('/products');
  await someone.get('/docs/page');
  expect(cookies()).toEqual([undefined, 'taken=1', undefined, 'elsewhere=1']);
});

test("a cookie that no browser would keep is the shop's fault", async () => {
  sets = ['who=1; Domain=shop.example'];
  await expect(visitor().get('/products')).rejects.toThrow(/domain/i);
});
