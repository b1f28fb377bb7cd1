// A product's ETag: what a client has seen, to be changed only if it is still so, or not to be sent again.
import { granted, signInAdmin } from './actors.ts';
import type { Answer } from './client.ts';
import { atOnce } from './eventually.ts';
import { expectProblem } from './expect-problem.ts';
import { createProduct } from './goods.ts';
import type { Product } from './shapes.ts';

const admin = await signInAdmin();

const read = (id: string) => admin.get<Product>(`/products/${id}`);
const rename = (id: string, name: string, tag?: string) =>
  admin.patch<Product>(`/products/${id}`, { name }, tag === undefined ? {} : { 'if-match': tag });
const tagOf = (answer: Answer) => answer.headers.get('etag') ?? 'none';

/** Node's fetch adds `no-cache` to conditional requests, which would forbid the 304 that a browser's allow. */
const ifNoneMatch = (tag: string) => ({ 'if-none-match': tag, 'cache-control': 'max-age=0', pragma: '' });

test('a product and each change of it come with an ETag, which changes with the product only', async () => {
  const { id } = await createProduct(admin);
  const first = tagOf(await read(id));
  expect(first).toMatch(/^"[^"]+"$/);
  expect(tagOf(await read(id))).toBe(first);
  const second = tagOf(await rename(id, 'Second'));
  expect(second).not.toBe(first);
  expect(tagOf(await read(id))).toBe(second);
});

test('a change based on what the product still is goes through, and one based on less is refused', async () => {
  const { id } = await createProduct(admin);
  const seen = tagOf(await read(id));
  expect((await rename(id, 'Mine', seen)).status).toBe(200);
  expectProblem(await rename(id, 'Yours', seen), 412, 'version_mismatch');
  expect((await read(id)).body.name).toBe('Mine');
});

test('without If-Match, and with *, the last change wins', async () => {
  const { id } = await createProduct(admin);
  expect((await rename(id, 'First')).status).toBe(200);
  expect((await rename(id, 'Last', '*')).status).toBe(200);
  expect((await read(id)).body.name).toBe('Last');
});

test('of ten changes at once that are based on the same version, one goes through', async () => {
  const { id } = await createProduct(admin);
  const seen = tagOf(await read(id));
  const answers = await atOnce(10, (index) => rename(id, `Name ${index}`, seen));
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, ...Array<number>(9).fill(412)]);
  const [winner] = answers.filter(({ status }) => status === 200);
  expect((await read(id)).body).toEqual(winner?.body);
});

test('an If-Match that is no ETag of a product is refused', async () => {
  const { id } = await createProduct(admin);
  expectProblem(await rename(id, 'Odd', 'yesterday'), 400, 'invalid_request');
});

test('a product that the client has already is not sent again, until it changes', async () => {
  const { id } = await createProduct(admin);
  const seen = tagOf(await read(id));
  const again = await admin.get(`/products/${id}`, ifNoneMatch(seen));
  expect({ status: again.status, text: again.text, tag: tagOf(again) }).toEqual({
    status: 304,
    text: '',
    tag: seen,
  });
  granted(await rename(id, 'Changed'));
  const changed = await admin.get<Product>(`/products/${id}`, ifNoneMatch(seen));
  expect({ status: changed.status, name: changed.body.name }).toEqual({ status: 200, name: 'Changed' });
});
