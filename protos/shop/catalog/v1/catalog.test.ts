// The rules of the catalog's contract are those of its REST contract: whatever one refuses, the other does.
import { createValidator } from '@bufbuild/protovalidate';
import { fromBinary } from '@bufbuild/protobuf';
import {
  CreateProductRequest,
  ListProductsRequest,
  SearchProductsRequest,
  UpdateProductRequest,
} from '../../../../generated/protos/shop/catalog/v1/catalog.ts';
import * as rest from '../../../../monolith/modules/catalog/contract.ts';
import { descriptors } from '../../../../platform/grpc/descriptors.ts';

const validator = createValidator();

interface Codec<T> {
  encode(message: T): { finish(): Uint8Array };
}

function violations<T>(type: string, codec: Codec<T>, message: T): readonly string[] {
  const schema = descriptors().registry.getMessage(`shop.catalog.v1.${type}`);
  if (schema === undefined) throw new Error(`there is no ${type}`);
  const result = validator.validate(schema, fromBinary(schema, codec.encode(message).finish()));
  if (result.kind === 'error') throw result.error;
  return result.violations?.map((each) => each.toString()) ?? [];
}

const kettle = {
  sku: 'KTL-0042',
  name: 'Iron kettle',
  description: 'Boils water.',
  category: 'coffee-and-tea',
  price: { amount: 1_000, currency: 'EUR' },
};
type Kettle = typeof kettle;

const inProto = ({ price: { amount, currency }, ...same }: Kettle) => ({
  ...same,
  price: { amount: BigInt(amount), currency },
});

const texts = (maxLength: number) => [
  'x',
  'x'.repeat(maxLength),
  'x'.repeat(maxLength + 1),
  '',
  ' ',
  '\u00a0\ufeff\u2028',
  'a\0b',
  'two\nlines',
  'ä b ü',
  // Two UTF-16 units each, and one character on both sides.
  '\u{1f375}'.repeat(maxLength),
  '\u{1f375}'.repeat(maxLength + 1),
];

const cases: readonly (readonly [string, Partial<Kettle>])[] = [
  ...['A', 'A-1', 'A'.repeat(40), 'A'.repeat(41), '', 'a', 'A--1', '-A', 'A\n', 'Ä'].map(
    (sku) => [`sku ${JSON.stringify(sku)}`, { sku }] as const,
  ),
  ...['a', 'a-1', 'a'.repeat(60), 'a'.repeat(61), '', 'A', 'a--b', 'a-', 'ß'].map(
    (category) => [`category ${JSON.stringify(category)}`, { category }] as const,
  ),
  ...texts(200).map((name) => [`name ${JSON.stringify(name).slice(0, 20)}`, { name }] as const),
  ...texts(5_000).map(
    (description) => [`description ${JSON.stringify(description).slice(0, 20)}`, { description }] as const,
  ),
  ...[-1, 0, 1, 100_000_000, 100_000_001].map(
    (amount) => [`amount ${amount}`, { price: { amount, currency: 'EUR' } }] as const,
  ),
  ...['USD', 'eur', ''].map(
    (currency) => [`currency ${currency}`, { price: { amount: 1, currency } }] as const,
  ),
];

/** What REST hands on to the catalog: it trims, gRPC refuses what is not trimmed. */
const trimmed = <T extends Partial<Kettle>>(changes: T): T => ({
  ...changes,
  ...(changes.name !== undefined && { name: changes.name.trim() }),
  ...(changes.description !== undefined && { description: changes.description.trim() }),
});

test.each(cases)('for a new product: %s', (_what, changes) => {
  const draft = trimmed({ ...kettle, ...changes });
  const accepted = rest.createProduct.body?.safeParse(draft).success;
  const found = violations('CreateProductRequest', CreateProductRequest, { product: inProto(draft) });
  expect({ accepted: found.length === 0, found }).toEqual({ accepted, found });
});

const id = '01890a5d-ac96-774b-bcce-b302099a8057';

test.each(cases)('for a change: %s', (_what, changes) => {
  const draft = trimmed(changes);
  const { price, ...same } = draft;
  const product = {
    ...same,
    price: price && { amount: BigInt(price.amount), currency: price.currency },
  };
  const accepted = rest.updateProduct.body?.safeParse(draft).success;
  const found = violations('UpdateProductRequest', UpdateProductRequest, {
    id,
    product,
    updateMask: undefined,
  });
  expect({ accepted: found.length === 0, found }).toEqual({ accepted, found });
});

test('text with space around it is refused, since nobody trims it here', () => {
  const product = inProto({ ...kettle, name: ' Iron kettle' });
  expect(violations('CreateProductRequest', CreateProductRequest, { product })).toHaveLength(1);
});

const EVERYTHING = { pageSize: 0, pageToken: '', filter: undefined, order: 0 } as const;

test.each([
  ['pageSize', [1, 24, 100, 101, -1]],
  ['minPrice', [0, 100_000_000, 100_000_001, -1]],
  ['maxPrice', [0, 100_000_000, 100_000_001, -1]],
  ['category', ['tea', 'Tea', 'a'.repeat(61)]],
  ['pageToken', ['x'.repeat(4_000), 'x'.repeat(4_001)]],
] as const)('for a list: %s', (parameter, values) => {
  for (const value of values) {
    const accepted = rest.listProducts.query?.safeParse({ [parameter]: value }).success;
    const paged = ['pageSize', 'pageToken'].includes(parameter);
    const filter = paged ? undefined : { [parameter]: typeof value === 'number' ? BigInt(value) : value };
    const found = violations('ListProductsRequest', ListProductsRequest, {
      ...EVERYTHING,
      ...(paged && { [parameter]: value }),
      filter,
    });
    expect({ value, accepted: found.length === 0, found }).toEqual({ value, accepted, found });
  }
});

test.each(texts(200))('for a search: the words %j', (words) => {
  const accepted = rest.listProducts.query?.safeParse({ q: words.trim() }).success;
  const found = violations('SearchProductsRequest', SearchProductsRequest, {
    ...EVERYTHING,
    words: words.trim(),
  });
  expect({ accepted: found.length === 0, found }).toEqual({ accepted, found });
});

test('a page size of 0 takes the default, which REST says by leaving it out', () => {
  expect(violations('ListProductsRequest', ListProductsRequest, EVERYTHING)).toEqual([]);
});

test.each(['"1"', 'W/"7"', '*', '1', '"x"', '"1234567890"', ''])('for a change based on %s', (etag) => {
  const accepted = rest.updateProduct.headers?.safeParse({ 'if-match': etag }).success;
  const product = { name: 'x', price: undefined };
  const request = { id, product, updateMask: undefined, etag };
  const found = violations('UpdateProductRequest', UpdateProductRequest, request);
  expect({ accepted: found.length === 0, found }).toEqual({ accepted, found });
});

describe('a change', () => {
  const change = (product: object, updateMask: string[] | undefined) =>
    violations('UpdateProductRequest', UpdateProductRequest, {
      id,
      product: { price: undefined, ...product },
      updateMask,
    });

  test('must change something', () => {
    expect(change({}, undefined)).toEqual([expect.stringContaining('must change something')]);
  });

  test('may name a field only if it has a value for it', () => {
    expect(change({ name: 'x', sku: 'A' }, ['name'])).toEqual([]);
    for (const path of ['sku', 'price', 'id', 'etag', '*', 'price.amount'])
      expect(change({ name: 'x' }, ['name', path])).toEqual([expect.stringContaining('must be set')]);
  });
});
