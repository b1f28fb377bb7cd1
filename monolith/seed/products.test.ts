import { product as productShape } from '../modules/catalog/contract.ts';
import { assortment } from './assortment/assortment.ts';
import { createProducts, type SeedProduct } from './products.ts';
import { BASE_DATE, YEAR } from './timeline.ts';

function make(count: number, seed = 1): readonly SeedProduct[] {
  const products = createProducts(seed, count);
  return Array.from({ length: count }, (_, index) => products.at(index));
}

const many = make(40_000);

test('there are forty categories, each with a slug, a name and a prefix of its own', () => {
  for (const key of ['slug', 'name', 'sku'] as const)
    expect(new Set(assortment.map((category) => category[key])).size).toBe(40);
  expect(new Set(many.map(({ category }) => category)).size).toBe(40);
});

test('every product is one that the shop could have taken over its own API', () => {
  for (const { id, sku, name, description, category, price } of many.slice(0, 2_000)) {
    const money = { amount: price, currency: 'EUR' };
    productShape.parse({ id, sku, name, description, category, price: money });
    expect(sku).toMatch(/^[A-Z]{3}-\d{5}$/);
    expect(price).toBeGreaterThan(0);
  }
});

test('names, SKUs and ids are never given twice', () => {
  for (const key of ['name', 'sku', 'id'] as const)
    expect(new Set(many.map((product) => product[key])).size).toBe(many.length);
});

test('the order of ids is the order of creation, over the two years before the base date', () => {
  for (const [index, { id, createdAt }] of many.entries()) {
    const before = many[index - 1];
    if (before !== undefined) expect(id > before.id && createdAt > before.createdAt).toBe(true);
  }
  expect(many[0]?.createdAt).toBeGreaterThanOrEqual(BASE_DATE - 2 * YEAR);
  expect(many.at(-1)?.createdAt).toBeLessThan(BASE_DATE);
});

test('no name says a word twice', () => {
  const stuttering = many.filter(({ name }) => {
    const words = name.toLowerCase().split(/[ ,-]+/);
    return new Set(words).size < words.length;
  });
  expect(stuttering.map(({ name }) => name)).toEqual([]);
});

test('a description is one to three sentences about the very product', () => {
  for (const { name, description } of many.filter((_, index) => index % 10 === 0)) {
    const product = (name.split(', ')[0] as string).toLowerCase();
    expect(description.toLowerCase()).toContain(product);
    expect(description).toMatch(/^[A-Z].*\.$/);
    expect(description.match(/\.( |$)/g)?.length).toBeLessThanOrEqual(3);
    expect(description).not.toMatch(/\b(a [aeiou]|an (?!hour)[^aeiou])/i);
    expect(description).not.toMatch(/undefined|\s{2}/);
  }
});

test('a few per cent are sold out', () => {
  const share = many.filter(({ onHand }) => onHand === 0).length / many.length;
  expect(share).toBeGreaterThan(0.02);
  expect(share).toBeLessThan(0.06);
});

test('in a shop of twice the size the older half is called the same', () => {
  const half = make(500);
  const whole = make(1_000).slice(0, 500);
  expect(whole.map(({ name }) => name)).toEqual(half.map(({ name }) => name));
});

test('another seed makes another shop', () => {
  const other = new Set(make(1_000, 2).map(({ name, category }) => category + name));
  const same = make(1_000).filter(({ name, category }) => other.has(category + name));
  expect(same.length).toBeLessThan(900);
  expect(make(1, 2)[0]?.id).not.toBe(make(1, 1)[0]?.id);
});
