import { inTurn, median, ratios, summarize } from './arithmetic.ts';

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

test('a summary keeps the extremes', () => {
  expect(summarize([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 });
});

test('ratios are taken within a round, so that a slow minute that meets both leaves no trace', () => {
  expect(ratios([500, 50, 500], [1_000, 100, 1_000])).toEqual({ median: 0.5, min: 0.5, max: 0.5 });
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
