// When each action is due: settled before the first is sent, so that no answer can delay the next.
import { createDice } from './dice.ts';

/** `constant`: one every 1/rate seconds. `poisson`: as many, by chance, as customers who do not know each other. */
export const ARRIVALS = ['constant', 'poisson'] as const;
export type Arrivals = (typeof ARRIVALS)[number];

export interface ScheduleOptions {
  readonly arrivals: Arrivals;
  /** A second, on average. */
  readonly rate: number;
  readonly seed: number;
}

/** @returns the times in milliseconds from the start, without end; made one by one, so a run may last for hours. */
export function* createSchedule({ arrivals, rate, seed }: ScheduleOptions): Generator<number, never> {
  const dice = createDice(seed, -1);
  let poisson = 0;
  for (let index = 0; ; index += 1) {
    yield arrivals === 'constant' ? (index * 1_000) / rate : poisson;
    poisson -= (Math.log(1 - dice.fraction()) * 1_000) / rate;
  }
}
