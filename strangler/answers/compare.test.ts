import { compareAnswers, formatDifference } from './compare.ts';

const product = (id: string, amount: number) => ({ id, price: { amount, currency: 'EUR' } });

test('answers that are the same have no difference', () => {
  const answer = () => ({ products: [product('a', 1), product('b', 2)], nextPageToken: undefined });
  expect(compareAnswers(answer(), answer())).toEqual([]);
});

test('a difference is told by whose it is, in which field, and what each side says', () => {
  const [monolith, service] = [2, 3].map((amount) => ({ products: [product('a', 1), product('b', amount)] }));
  const found = compareAnswers(monolith, service);
  expect(found).toEqual([{ at: 'products[b].price.amount', monolith: 2, service: 3 }]);
  expect(found.map(formatDifference)).toEqual([
    'products[b].price.amount is 2 at the monolith, 3 at the service',
  ]);
});

test.each([
  ['a member is missing', { a: 1, b: 2 }, { a: 1 }, 'b'],
  ['there is one too many', { a: 1 }, { a: 1, b: 2 }, 'b'],
  ['a list is shorter', ['x', 'y'], ['x'], '[1]'],
  ['a list has another order', [{ id: 'a' }, { id: 'b' }], [{ id: 'b' }, { id: 'b' }], '[a].id'],
  ['a number is text', { a: 1 }, { a: '1' }, 'a'],
  ['nothing is no list', { a: [] }, { a: undefined }, 'a'],
  ['a list is no record', [], {}, ''],
])('it is a difference where %s', (_what, monolith, service, at) => {
  expect(compareAnswers(monolith, service).map((difference) => difference.at)).toEqual([at]);
});
