// The load client's process, apart from the shop's and from the one that measures.
import { runClosedLoop } from './closed-loop.ts';
import { takeOrders } from './orders.ts';

await takeOrders('load client', () => Promise.resolve(runClosedLoop));
