// The longest pause is the one between two acknowledged writes that touches the time in question.
import { jest } from '@jest/globals';
import { createTold } from './told.ts';

test('a pause that began before, or goes on, counts whole; one that was over does not', () => {
  const told = createTold();
  const times = [0, 100, 130, 900, 910];
  const now = jest.spyOn(performance, 'now');
  for (const time of times) {
    now.mockReturnValue(time);
    told.answered('write', 'monolith', 1);
  }
  now.mockReturnValue(1_000);
  expect(told.longestPause(120, 140)).toBe(770);
  expect(told.longestPause(101, 120)).toBe(30);
  expect(told.longestPause(905, 950)).toBe(90);
  now.mockRestore();
});
