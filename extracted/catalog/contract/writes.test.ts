// The catalog's writes, as protos/shop/catalog/v1/catalog.proto promises them.
import { newId } from '#platform/ids.ts';
import { draft, euros, newSku, openContract, type Contract } from './testing-contract.ts';
import type { CallOptions, Rpc, Wire } from './testing-wire.ts';

let contract: Contract;
let call: Wire['call'];
let refusal: Wire['refusal'];
let create: Contract['create'];

beforeAll(async () => {
  contract = await openContract();
  ({ create } = contract);
  ({ call, refusal } = contract.wire);
});
afterAll(() => contract.close());

const get = async (id: string) => (await call('getProduct', { id })).product;
const as = (caller: string): CallOptions => ({ metadata: { 'x-caller-id': caller } });

const REUSED = {
  code: 'FAILED_PRECONDITION',
  details: ['shop.common.v1.Problem'],
  problem: { code: 'idempotency_key_reused', kind: 'conflict' },
};
const SKU_TAKEN = { code: 'FAILED_PRECONDITION', problem: { code: 'sku_taken', kind: 'conflict' } };
const UNKNOWN_CATEGORY = {
  code: 'INVALID_ARGUMENT',
  details: ['shop.common.v1.Problem'],
  problem: { code: 'unknown_category', kind: 'invalid_argument' },
};
const NOT_FOUND = { code: 'NOT_FOUND', problem: { code: 'not_found', kind: 'not_found' } };
const VERSION_MISMATCH = {
  code: 'ABORTED',
  problem: { code: 'version_mismatch', kind: 'precondition_failed' },
};

describe('CreateProduct', () => {
  test('puts a product on sale, as whole as it was sent', async () => {
    const whole = draft({ name: 'Pot Ω', description: 'Of\niron, 😀.', price: euros(100_000_000) });
    const { product } = await call('createProduct', { product: whole });
    expect(product).toEqual({ ...whole, id: expect.any(String) as string, etag: '"1"' });
    expect(product?.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/);
    expect(await get(product?.id ?? '')).toEqual(product);
  });

  test('refuses a SKU that another product has, or had when it was archived', async () => {
    const { id, sku } = await create();
    expect(await refusal('createProduct', { product: draft({ sku }) })).toMatchObject(SKU_TAKEN);
    await call('archiveProduct', { id });
    expect(await refusal('createProduct', { product: draft({ sku }) })).toMatchObject(SKU_TAKEN);
  });

  test('refuses a category that there is not', async () => {
    const product = draft({ category: 'no-such-category' });
    expect(await refusal('createProduct', { product })).toMatchObject(UNKNOWN_CATEGORY);
  });

  test('without a request id, each request is an intention of its own', async () => {
    const product = draft();
    await call('createProduct', { product });
    expect(await refusal('createProduct', { product })).toMatchObject(SKU_TAKEN);
  });

  test('of many at once under one request id, one makes the product and all are answered with it', async () => {
    const request = { product: draft(), requestId: newId() };
    const answers = await Promise.all(Array.from({ length: 8 }, () => call('createProduct', request)));
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });
});

describe('UpdateProduct', () => {
  const all = () => ({ sku: newSku(), name: 'Pot', description: 'Iron.', category: 'cups', price: euros(7) });

  test('changes what is set, keeps the rest, and answers with the whole product as it is now', async () => {
    for (const [field, value] of Object.entries(all())) {
      const before = await create();
      const { product } = await call('updateProduct', { id: before.id, product: { [field]: value } });
      expect(product).toEqual({ ...before, [field]: value, etag: '"2"' });
      expect(await get(before.id)).toEqual(product);
    }
  });

  test('with a mask changes what it names, and of that alone', async () => {
    for (const [field, value] of Object.entries(all())) {
      const before = await create();
      const request = { id: before.id, product: all(), updateMask: [field] };
      const { product } = await call('updateProduct', { ...request, product: { ...all(), [field]: value } });
      expect(product).toEqual({ ...before, [field]: value, etag: '"2"' });
    }
    const before = await create();
    const changes = all();
    const updateMask = Object.keys(changes);
    const whole = await call('updateProduct', { id: before.id, product: changes, updateMask });
    expect(whole.product).toEqual({ ...changes, id: before.id, etag: '"2"' });
    const empty = await call('updateProduct', { id: before.id, product: { name: 'Pan' }, updateMask: [] });
    expect(empty.product).toEqual({ ...changes, id: before.id, name: 'Pan', etag: '"3"' });
  });

  test('every change gives a new etag, one to the same value included', async () => {
    const { id, name } = await create();
    for (const etag of ['"2"', '"3"'])
      expect((await call('updateProduct', { id, product: { name } })).product?.etag).toBe(etag);
  });

  test('based on an etag is refused where another change came first, and changes nothing', async () => {
    const { id } = await create();
    const based = (etag: string, name: string) => ({ id, product: { name }, etag });
    const second = (await call('updateProduct', based('"1"', 'Second'))).product;
    for (const etag of ['"1"', 'W/"1"', '"3"', '"0"', '"999999999"'])
      expect(await refusal('updateProduct', based(etag, 'Lost'))).toMatchObject(VERSION_MISMATCH);
    expect(await get(id)).toEqual(second);
    expect((await call('updateProduct', based('W/"2"', 'Third'))).product?.etag).toBe('"3"');
  });

  test('of two at once that are based on the same etag, one is refused', async () => {
    const { id } = await create();
    const outcomes = await Promise.allSettled(
      ['One', 'Two'].map((name) => call('updateProduct', { id, product: { name }, etag: '"1"' })),
    );
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((await get(id))?.etag).toBe('"2"');
  });

  test('with `*`, or without an etag, the last write wins', async () => {
    const { id } = await create();
    await call('updateProduct', { id, product: { name: 'First' } });
    await call('updateProduct', { id, product: { name: 'Second' }, etag: '*' });
    expect(await get(id)).toMatchObject({ name: 'Second', etag: '"3"' });
  });

  test('refuses what CreateProduct would: a SKU that is taken, a category that there is not', async () => {
    const [one, other] = [await create(), await create()];
    const update = (product: object) => refusal('updateProduct', { id: one.id, product });
    expect(await update({ sku: other.sku })).toMatchObject(SKU_TAKEN);
    expect(await update({ category: 'no-such-category' })).toMatchObject(UNKNOWN_CATEGORY);
    expect(await get(one.id)).toEqual(one);
    expect((await call('updateProduct', { id: one.id, product: { sku: one.sku } })).product?.etag).toBe(
      '"2"',
    );
  });

  test('does not find what never was, and what is archived, whatever the etag', async () => {
    const { id } = await create();
    await call('archiveProduct', { id });
    for (const gone of [id, newId()])
      for (const etag of [undefined, '"1"', '*'])
        expect(await refusal('updateProduct', { id: gone, product: { name: 'Pot' }, etag })).toMatchObject(
          NOT_FOUND,
        );
  });
});

describe('ArchiveProduct', () => {
  test('takes a product off sale for good: it is no longer found, listed, found by words, or changed', async () => {
    const { id } = await create({ name: 'Zither' });
    expect(await call('archiveProduct', { id })).toEqual({});
    expect(await refusal('getProduct', { id })).toMatchObject(NOT_FOUND);
    expect(await refusal('archiveProduct', { id })).toMatchObject(NOT_FOUND);
    expect(await refusal('archiveProduct', { id: newId() })).toMatchObject(NOT_FOUND);
    expect(await refusal('updateProduct', { id, product: { name: 'Pot' } })).toMatchObject(NOT_FOUND);
    expect((await call('searchProducts', { words: 'zither' })).products).toEqual([]);
    expect((await call('batchGetProducts', { ids: [id] })).missingIds).toEqual([id]);
  });
});

describe('a request id', () => {
  /** A write and another one, to be sent under the same id. */
  const writes: Record<string, () => Promise<readonly [Rpc, first: object, other: object, again: object]>> = {
    CreateProduct: async () => {
      const product = draft();
      return ['createProduct', { product }, { product: { ...product, name: 'Pot' } }, { product }];
    },
    UpdateProduct: async () => {
      const { id } = await create();
      const first = { id, product: { name: 'Pot', description: 'Iron.' }, updateMask: ['name'], etag: '"1"' };
      // What the mask does not name is no content.
      return ['updateProduct', first, { ...first, etag: '*' }, { ...first, product: { name: 'Pot' } }];
    },
    ArchiveProduct: async () => {
      const { id } = await create();
      return ['archiveProduct', { id }, { id: (await create()).id }, { id }];
    },
  };

  test.each(Object.entries(writes))(
    '%s is done once under it, and answered as it was then',
    async (_, make) => {
      const [rpc, first, other, again] = await make();
      const requestId = `${newId()}!~`;
      const answer = await call(rpc, { ...first, requestId });
      const rows = () => contract.database.sql('SELECT id, version, archived_at FROM products ORDER BY id');
      const before = await rows();
      expect(await call(rpc, { ...first, requestId })).toEqual(answer);
      expect(await call(rpc, { ...again, requestId })).toEqual(answer);
      expect(await refusal(rpc, { ...other, requestId })).toMatchObject(REUSED);
      expect(await rows()).toEqual(before);
    },
  );

  test('is for one kind of write alone', async () => {
    const { id } = await create();
    const requestId = newId();
    await call('createProduct', { product: draft(), requestId });
    expect(await refusal('archiveProduct', { id, requestId })).toMatchObject(REUSED);
    expect(await refusal('updateProduct', { id, product: { name: 'A' }, requestId })).toMatchObject(REUSED);
  });

  test('of another caller has nothing to do with it', async () => {
    const requestId = newId();
    const make = (caller: string) => call('createProduct', { product: draft(), requestId }, as(caller));
    const [ada, bob] = [await make('ada'), await make('bob')];
    expect(bob.product?.id).not.toBe(ada.product?.id);
    expect(await refusal('createProduct', { product: draft(), requestId }, as('bob'))).toMatchObject(REUSED);
  });

  test('of a write that was refused is free again', async () => {
    const requestId = newId();
    const refused = draft({ category: 'no-such-category' });
    expect(await refusal('createProduct', { product: refused, requestId })).toMatchObject(UNKNOWN_CATEGORY);
    await call('createProduct', { product: draft(), requestId });
  });
});
