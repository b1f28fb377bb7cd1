// Puts the parallel run around the way to a side: what is sent on is watched, and nothing else about it changes.
import type { Forward } from '../proxy.ts';
import type { ParallelRun } from './parallel-run.ts';

export const shadowReads =
  (next: Forward, run: Pick<ParallelRun, 'watch'>): Forward =>
  (exchange, beside) => {
    run.watch(exchange);
    return next(exchange, beside);
  };
