import { fieldOf, pointerOf } from './field-path.ts';

test.each([
  ['name', '/name'],
  ['product.price', '/product/price'],
  ['ids[3]', '/ids/3'],
  ['items[2].names[0].first', '/items/2/names/0/first'],
  ['', ''],
])('%s is %s, and back', (field, pointer) => {
  expect(pointerOf(field)).toBe(pointer);
  expect(fieldOf(pointer)).toBe(field);
});
