import { inTurn, median, quantile, ratios, summarize } from './arithmetic.ts';

test('a median is the middle value, or half-way between the two in the middle', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([10, 1, 2, 4])).toBe(3);
  expect(median([7])).toBe(7);
});

test('one wild round does not move a median', () => {
  expect(median([100, 101, 99, 5, 102])).toBe(100);
});

test('there is no median of nothing', () => {
  expect(() => median([])).toThrow(RangeError);
});

test('a summary tells where the middle half lies, without the extremes', () => {
  expect(summarize([900, 1, 2, 3, 4])).toEqual({ median: 3, low: 2, high: 4 });
  expect(quantile([0, 10], 0.25)).toBe(2.5);
});

test('ratios are taken within a round, so that a slow minute that meets both leaves no trace', () => {
  expect(ratios([500, 50, 500], [1_000, 100, 1_000])).toEqual({ median: 0.5, low: 0.5, high: 0.5 });
});

test('a ratio needs both sides of every round', () => {
  expect(() => ratios([1, 2], [1])).toThrow(RangeError);
});

test('every other round goes backwards', () => {
  expect(inTurn(['a', 'b', 'c'], 3)).toEqual([
    ['a', 'b', 'c'],
    ['c', 'b', 'a'],
    ['a', 'b', 'c'],
  ]);
});
