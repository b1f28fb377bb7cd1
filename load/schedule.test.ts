import { createSchedule, type ScheduleOptions } from './schedule.ts';

const take = (count: number, options: Partial<ScheduleOptions> = {}): number[] =>
  createSchedule({ arrivals: 'constant', rate: 50, seed: 1, ...options })
    .take(count)
    .toArray();

const gaps = (times: readonly number[]) => times.slice(1).map((time, index) => time - (times[index] ?? 0));
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

test('a constant rate has equal gaps, which do not add up errors', () => {
  expect(take(4)).toEqual([0, 20, 40, 60]);
  expect(take(30_001, { rate: 30 }).at(-1)).toBe(1_000_000);
});

test.each(['constant', 'poisson'] as const)('%s arrivals have the rate as their mean', (arrivals) => {
  expect(mean(gaps(take(50_000, { arrivals, rate: 200 })))).toBeCloseTo(5, 0);
});

test('poisson arrivals come in bunches: the gaps spread as wide as their mean, and never run backwards', () => {
  const between = gaps(take(50_000, { arrivals: 'poisson', rate: 200 }));
  const average = mean(between);
  const spread = Math.sqrt(mean(between.map((gap) => (gap - average) ** 2)));
  expect(spread / average).toBeCloseTo(1, 1);
  expect(Math.min(...between)).toBeGreaterThanOrEqual(0);
});

test('the same seed gives the same times, another seed other ones', () => {
  const poisson = (seed: number) => take(1_000, { arrivals: 'poisson', seed });
  expect(poisson(7)).toEqual(poisson(7));
  expect(poisson(8)).not.toEqual(poisson(7));
});
