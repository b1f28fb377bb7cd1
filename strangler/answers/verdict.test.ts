import { MINIMUM_COMPARED, verdict } from './verdict.ts';

const none = { match: 0, mismatch: 0, lag: 0, inconclusive: 0 };

test('an empty sample is inconclusive, whatever is said to be enough', () => {
  expect(verdict(none).verdict).toBe('inconclusive');
  for (const minimum of [0, -1, NaN]) expect(verdict(none, minimum).verdict).toBe('inconclusive');
});

test.each([
  ['inconclusive', { ...none, match: MINIMUM_COMPARED - 1 }],
  ['passed', { ...none, match: MINIMUM_COMPARED }],
  ['passed', { ...none, match: MINIMUM_COMPARED - 1, lag: 1 }],
  ['inconclusive', { ...none, inconclusive: 1_000_000 }],
  ['inconclusive', { ...none, match: MINIMUM_COMPARED, inconclusive: MINIMUM_COMPARED + 1 }],
  ['passed', { ...none, match: MINIMUM_COMPARED, inconclusive: MINIMUM_COMPARED }],
  ['failed', { ...none, mismatch: 1 }],
  ['failed', { ...none, match: 1_000_000, mismatch: 1 }],
])('it is %s for %j', (expected, counts) => {
  const { verdict: told, exitCode, line } = verdict(counts);
  expect(told).toBe(expected);
  expect(line).toMatch(new RegExp(`^${expected}: `));
  expect(exitCode === 0).toBe(expected === 'passed');
});
