// The load client as seen by the process that measures: an order goes out, a result comes back.
import type { Child } from '#platform/children.ts';
import type { ClosedLoop } from './client/closed-loop.ts';
import type { LoopResult } from './client/loop.ts';
import { order } from './client/orders.ts';

export interface LoadClient {
  run(loop: ClosedLoop): Promise<LoopResult>;
}

export const createLoadClient = ({ port }: Child): LoadClient => ({
  run: (loop) => order<LoopResult>(port, 'load client', loop),
});
