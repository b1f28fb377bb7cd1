import { newId } from '#platform/ids.ts';
import { openTestService, type TestService } from './testing-service.ts';

let service: TestService;
let client: TestService['client'];

beforeAll(async () => {
  service = await openTestService(['tea']);
  ({ client } = service);
});
afterAll(() => service.close());

const draft = (changes: { sku?: string; category?: string } = {}) => ({
  ...{ sku: newId().toUpperCase(), name: 'Kettle', description: 'Boils water.', category: 'tea' },
  price: { amount: 1_250n, currency: 'EUR' },
  ...changes,
});
const rename = (id: string, name: string) => ({
  id,
  product: { name, price: undefined },
  updateMask: undefined,
});
const keysNamed = (key: string) =>
  service.sql<{ reply: unknown }>('SELECT reply FROM idempotency_keys WHERE key = $1', [key]);
const REUSED = { code: 'idempotency_key_reused', kind: 'conflict' };

test('the same request id and content are the same product, however often and at once they are sent', async () => {
  const [product, requestId] = [draft(), newId()];
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => client.createProduct({ product, requestId })),
  );
  for (const answer of answers) expect(answer).toEqual(answers[0]);
  const rows = await service.sql('SELECT FROM products WHERE sku = $1', [product.sku]);
  expect(rows).toHaveLength(1);
  await expect(client.createProduct({ product: draft(), requestId })).rejects.toMatchObject(REUSED);
});

test('an update is done once under its request id, and answered as it was then', async () => {
  const id = (await client.createProduct({ product: draft() })).product?.id ?? '';
  const update = { ...rename(id, 'Pot'), etag: '"1"', requestId: newId() };
  const first = await client.updateProduct(update);
  await client.updateProduct(rename(id, 'Pan'));
  expect(await client.updateProduct(update)).toEqual(first);
  expect((await client.getProduct({ id })).product).toMatchObject({ name: 'Pan', etag: '"3"' });
  await expect(client.updateProduct({ ...update, etag: '"3"' })).rejects.toMatchObject(REUSED);
});

test('an archival is done once under its request id, and answered alike ever after', async () => {
  const id = (await client.createProduct({ product: draft() })).product?.id ?? '';
  const archival = { id, requestId: newId() };
  expect(await client.archiveProduct(archival)).toEqual({});
  expect(await client.archiveProduct(archival)).toEqual({});
  await expect(client.archiveProduct({ id })).rejects.toMatchObject({ code: 'not_found' });
});

test('a write that failed leaves no key, and may be sent again under it', async () => {
  const requestId = newId();
  const product = draft({ category: 'later' });
  const refused = { code: 'unknown_category' };
  await expect(client.createProduct({ product, requestId })).rejects.toMatchObject(refused);
  expect(await keysNamed(requestId)).toEqual([]);
  await service.sql(`INSERT INTO categories VALUES ('later', 'later')`);
  const { product: made } = await client.createProduct({ product, requestId });
  expect(made?.sku).toBe(product.sku);
});

test('the keys of different callers have nothing to do with each other', async () => {
  const requestId = newId();
  const as = (caller: string) => ({ metadata: { 'x-caller-id': caller } });
  const ada = await client.createProduct({ product: draft(), requestId }, as('ada'));
  const bob = await client.createProduct({ product: draft(), requestId }, as('bob'));
  expect(bob.product?.id).not.toBe(ada.product?.id);
});

test('a caller that no key could be kept for is refused', async () => {
  const metadata = { 'x-caller-id': 'a'.repeat(256) };
  const write = client.createProduct({ product: draft(), requestId: newId() }, { metadata });
  await expect(write).rejects.toMatchObject({ code: 'invalid_request', kind: 'invalid_argument' });
});

test('a key keeps the reply of the public API, which is the one that the monolith would give', async () => {
  const requestId = newId();
  const { product } = await client.createProduct({ product: draft(), requestId });
  const { id, sku, etag } = product ?? {};
  expect(JSON.stringify(await keysNamed(requestId))).toBe(
    JSON.stringify([
      {
        reply: {
          body: {
            ...{ id, sku, name: 'Kettle', description: 'Boils water.', category: 'tea' },
            price: { amount: 1_250, currency: 'EUR' },
          },
          headers: { ETag: etag },
        },
      },
    ]),
  );
});
