import { mismatchOf } from './mismatch.ts';

const headers = { 'content-type': 'application/json' };
const found = (monolith: unknown, service: unknown, path = '/products') =>
  mismatchOf({
    capability: 'catalog',
    request: { method: 'GET', path },
    monolith: { status: 200, headers, body: JSON.stringify(monolith) },
    service: { status: 200, headers, body: JSON.stringify(service) },
    position: 'here',
  });

test('it tells what was asked, what differs as JSON, and how far the service had come', () => {
  expect(found({ a: 1, b: 'x' }, { a: '1' })).toMatchObject({
    capability: 'catalog',
    request: { method: 'GET', path: '/products' },
    kind: 'changed_field',
    differences: [
      { at: 'body.a', monolith: '1', service: '"1"' },
      { at: 'body.b', monolith: '"x"', service: undefined },
    ],
    position: 'here',
  });
});

test('however much differs, it is small', () => {
  const many = (value: string) =>
    Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`${value}${i}`, '😀'.repeat(2_000)]));
  const mismatch = found(many('a'.repeat(1_000)), many('b'), `/products?q=${'x'.repeat(10_000)}`);
  expect(mismatch.differences).toHaveLength(20);
  expect(mismatch.request.path).toHaveLength(2_000);
  for (const { at, monolith = '' } of mismatch.differences) {
    expect(at.length).toBeLessThanOrEqual(400);
    expect(monolith.length).toBeLessThanOrEqual(500);
    expect(monolith.isWellFormed()).toBe(true);
  }
});
