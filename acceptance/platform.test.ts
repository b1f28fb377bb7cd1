// What every answer has, and what is there for those who run the shop: health, metrics, request ids, safe headers.
import { signInAdmin, visitor } from './actors.ts';
import { send } from './client.ts';
import { expectProblem } from './expect-problem.ts';
import { createProduct } from './goods.ts';

const someone = visitor();

test('the shop says that it lives and that it is ready', async () => {
  expect(await someone.get('/health/live')).toMatchObject({ status: 200, body: { status: 'live' } });
  expect(await someone.get('/health/ready')).toMatchObject({ status: 200, body: { status: 'ready' } });
});

test('metrics count requests by route, and no id of a product is in them', async () => {
  const admin = await signInAdmin();
  const { id } = await createProduct(admin);
  for (const path of ['products', 'stock', 'nothing']) await admin.get(`/${path}/${id}`);
  const answer = await admin.get('/metrics');
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toMatch(/^(text\/plain|application\/openmetrics-text)\b/);
  const counts = answer.text.match(/^http_request_duration_seconds_count\{.*\} \d+$/gm) ?? [];
  expect(counts.some((line) => /route="\/products\/:id"/.test(line) && /status="200"/.test(line))).toBe(true);
  expect(answer.text).toMatch(/^http_request_duration_seconds_bucket\{.*le="\+Inf".*\} \d+$/m);
  expect(answer.text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/);
});

test('a request keeps the id that its sender gave it', async () => {
  const answer = await someone.get('/health/live', { 'x-request-id': 'order-form.42' });
  expect(answer.headers.get('x-request-id')).toBe('order-form.42');
  const refused = await someone.get('/nothing', { 'x-request-id': 'order-form.43' });
  expect(expectProblem(refused, 404, 'not_found').requestId).toBe('order-form.43');
});

test.each([
  ['that is empty', ''],
  ['with a blank', 'with a blank'],
  ['that is too long', 'x'.repeat(129)],
  ['with signs that mean something in a page', '<script>'],
])('a request whose sender gave it an id %s gets another', async (_what, given) => {
  const headers = { 'x-request-id': given };
  const ask = async () => (await someone.get('/health/live', headers)).headers.get('x-request-id');
  const ids = [await ask(), await ask()];
  expect(ids).not.toContain(given);
  expect(new Set(ids).size).toBe(2);
});

test.each(['/', '/products', '/docs/', '/openapi.json', '/nothing'])(
  'the answer to %s tells browsers to be careful, and nobody what it is built with',
  async (path) => {
    const { headers } = await someone.get(path);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toMatch(/^(SAMEORIGIN|DENY)$/);
    expect(headers.get('content-security-policy')).toMatch(/default-src 'self'/);
    expect(headers.get('content-security-policy')).toMatch(/script-src 'self'(;|$)/);
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.has('x-powered-by')).toBe(false);
  },
);

test.each(['GET /nothing', 'POST /cart', 'DELETE /products', 'PUT /orders', 'GET /sessions', 'PATCH /'])(
  'the request %s, which the shop does not know, is not found',
  async (request) => {
    const [method, path = ''] = request.split(' ');
    expectProblem(await send(method as 'GET', path), 404, 'not_found');
  },
);

test('HEAD is answered as GET is, without the body', async () => {
  const answer = await send('HEAD', '/products');
  expect({ status: answer.status, text: answer.text }).toEqual({ status: 200, text: '' });
});
