// The caller's process, apart from the edge's and from the one that measures.
import { createLogger, type Logger } from '#platform/logger.ts';
import { startTelemetry } from '#platform/telemetry/telemetry.ts';
import { runLoop } from '../../client/loop.ts';
import { takeOrders } from '../../client/orders.ts';
import type { CallerOrder } from '../work.ts';
import type { Caller } from './caller.ts';
import { catalogCaller } from './catalog.ts';
import { bareGrpcCaller, grpcCaller } from './grpc.ts';
import { fetchCaller, undiciCaller } from './rest.ts';

await takeOrders<CallerOrder, unknown>('bench caller', async (shutdown) => {
  const log = createLogger({ name: 'caller', level: 'error', format: 'json' });
  const telemetry = await startTelemetry('bench-client');
  shutdown.onStop('telemetry', () => telemetry.stop());
  return async (order) => {
    const caller = open(order, log);
    try {
      return await (order.show ? show(order, caller) : run(order, caller));
    } finally {
      await caller.close();
    }
  };
});

function open({ caller, address, connections }: CallerOrder, log: Logger): Caller {
  switch (caller) {
    case 'grpc':
      return grpcCaller(address, log);
    case 'grpc-bare':
      return bareGrpcCaller(address);
    case 'grpc-catalog':
      return catalogCaller(address, log);
    case 'undici':
      return undiciCaller(address, connections);
    case 'fetch':
      return fetchCaller(address);
  }
}

/** What is measured begins on connections that stand. */
async function run({ work, parallel, ...limits }: CallerOrder, caller: Caller) {
  await Promise.all(Array.from({ length: parallel }, (_, worker) => caller.call(work, worker)));
  return runLoop({ parallel, ...limits }, (worker) =>
    caller.call(work, worker).then(
      () => undefined,
      (error: unknown) => String(error),
    ),
  );
}

/** In JSON's own types: a bigint as the number that it is. An ETag is a header of REST, and is left out. */
async function show({ work }: CallerOrder, caller: Caller): Promise<unknown> {
  const text = JSON.stringify(await caller.call(work, 0), (key, value: unknown) => {
    if (key === 'etag') return undefined;
    return typeof value === 'bigint' ? Number(value) : value;
  });
  return JSON.parse(text) as unknown;
}
