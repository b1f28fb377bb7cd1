// Requests that no honest client sends: each is refused in the one form of a refusal, and none brings the shop down.
import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { register, registerCustomer, signIn, signInAdmin, visitor } from './actors.ts';
import { ADDRESS, fillCart, order } from './buying.ts';
import { send, type HeaderValues } from './client.ts';
import { expectProblem } from './expect-problem.ts';
import { createProduct, draft } from './goods.ts';
import { shopUrl } from './target.ts';

const NUL = 'a\0b';
const admin = await signInAdmin();

/** Registers with exactly this text as the body. */
const sendText = (body: string, headers: HeaderValues = { 'content-type': 'application/json' }) =>
  send('POST', '/customers', { headers, body });

test.each(['{', '{"email":', '', 'null', '"text"', '[1', '{"a":1}}', "{'a':1}", '\u0000'])(
  'the body %j is no JSON object, and is refused',
  async (body) => {
    const answer = await sendText(body);
    expect(answer.status).toBe(400);
    const { code } = answer.body as { code: string };
    expect(['malformed_request', 'invalid_request']).toContain(code);
    expectProblem(answer, 400, code);
  },
);

test('a body that is broken is malformed', async () => {
  expectProblem(await sendText('{"email":'), 400, 'malformed_request');
});

test.each([
  'text/plain',
  'application/xml',
  'application/x-www-form-urlencoded',
  'application/json; charset=latin1',
])('a body of the type %s is refused', async (type) => {
  expectProblem(await sendText('{}', { 'content-type': type }), 415, 'unsupported_media_type');
});

test('a body that is compressed in an unknown way is refused, and a large one that hides in a small one too', async () => {
  const headers = { 'content-type': 'application/json' };
  expectProblem(
    await sendText('{}', { ...headers, 'content-encoding': 'zip' }),
    415,
    'unsupported_media_type',
  );
  const bomb = gzipSync(JSON.stringify({ name: 'x'.repeat(5_000_000) }));
  const answer = await fetch(new URL('/customers', shopUrl()), {
    method: 'POST',
    headers: { ...headers, 'content-encoding': 'gzip' },
    body: bomb,
  });
  expect(answer.status).toBe(413);
});

test('a body that is larger than the shop accepts is refused', async () => {
  const answer = await sendText(JSON.stringify({ name: randomBytes(40_000).toString('hex') }));
  expectProblem(answer, 413, 'payload_too_large');
});

test('a request whose address and headers are longer than the shop accepts is refused', async () => {
  const answer = await send('GET', `/products?q=${'x'.repeat(30_000)}`);
  expectProblem(answer, 431, 'headers_too_large');
});

test.each([
  ['that is no UTF-8', '/products/%E0%A4%A'],
  ['that ends within an escape', '/stock/%'],
  ['that climbs', '/products/..%2f..%2fetc%2fpasswd'],
  ['that is long', `/products/${'9'.repeat(4_000)}`],
])('a path %s is refused', async (_what, path) => {
  const answer = await send('GET', path);
  expect([400, 404]).toContain(answer.status);
  expectProblem(answer, answer.status, (answer.body as { code: string }).code);
});

test.each(['q=%00', 'q=a%00b', 'category=%00', 'pageToken=%00', 'pageSize=1%00', 'q=a&q=b', 'sort[]=name'])(
  'the question ?%s is answered or refused, and fails nowhere',
  async (query) => {
    expect([200, 400]).toContain((await visitor().get(`/products?${query}`)).status);
  },
);

test('a NUL character in any text is refused', async () => {
  const customer = await registerCustomer();
  await fillCart(customer, await createProduct(admin, { onHand: 1 }));
  const { id } = await createProduct(admin);
  const answers = [
    await register({ name: NUL }),
    await register({ email: `${NUL}@example.test` }),
    await signIn(`${NUL}@example.test`, NUL),
    await admin.post('/products', { ...(await draft()), name: NUL }),
    await admin.post('/products', { ...(await draft()), description: NUL }),
    await admin.post('/products', { ...(await draft()), sku: NUL }),
    await admin.post('/products', { ...(await draft()), category: NUL }),
    await admin.patch(`/products/${id}`, { name: NUL }),
    await visitor().get(`/products?q=${encodeURIComponent(NUL)}`),
    await visitor().get(`/products/${encodeURIComponent(NUL)}`),
    await order(customer, { paymentToken: NUL }),
    ...(await Promise.all(
      (['name', 'line1', 'line2', 'city', 'postalCode'] as const).map((line) =>
        order(customer, { shippingAddress: { ...ADDRESS, [line]: NUL } }),
      ),
    )),
  ];
  for (const answer of answers) expectProblem(answer, 400, 'invalid_request');
});

test('half a character, which JSON can write but no database hold, is stored as something or refused', async () => {
  const half = 'half \ud83e character';
  const customer = await registerCustomer();
  await fillCart(customer, await createProduct(admin, { onHand: 9 }));
  const answers = [
    await register({ name: half, password: half }),
    await admin.post('/products', { ...(await draft()), name: half, description: half }),
    await order(customer, { shippingAddress: { ...ADDRESS, line1: half } }),
    await order(customer, { paymentToken: half }),
  ];
  for (const { status } of answers) expect([201, 400, 402, 409]).toContain(status);
});

test('names of members that mean something to JavaScript mean nothing to the shop', async () => {
  const body = JSON.stringify(await draft()).replace('{', '{"__proto__":{"role":"admin"},"constructor":1,');
  const answer = await send<object>('POST', '/products', {
    headers: { 'content-type': 'application/json', authorization: `Bearer ${admin.token}` },
    body,
  });
  expect(answer.status).toBe(201);
  expect(Object.keys(answer.body)).not.toContain('constructor');
});
