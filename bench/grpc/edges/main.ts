// The process of one edge: it serves the handlers, and tells on another port where, and its CPU time so far.
import { number, oneOf, readConfig, setting } from '#platform/config.ts';
import { listen } from '#platform/http/server.ts';
import { createLogger, type Logger } from '#platform/logger.ts';
import { startTelemetry } from '#platform/telemetry/telemetry.ts';
import { takeOrders } from '../../client/orders.ts';
import { createHandlers, type Handlers } from '../handlers.ts';
import { EDGES, type EdgeKind, type EdgeState } from './kinds.ts';
import { buildExpressEdge } from './express.ts';
import { listenBare, listenUnvalidated, listenWhole } from './grpc.ts';
import { httpEdge } from './http.ts';

const settings = {
  edge: setting('BENCH_EDGE', oneOf(EDGES)),
  products: setting('BENCH_PRODUCTS', number(0)),
};

await takeOrders<object, EdgeState>('bench edge', async (shutdown) => {
  const { edge, products } = readConfig(settings);
  const log = createLogger({ name: 'edge', level: 'error', format: 'json' });
  const telemetry = await startTelemetry('bench-server');
  shutdown.onStop('telemetry', () => telemetry.stop());
  const server = await open(edge, createHandlers(products), log);
  shutdown.onStop('edge', () => server.stop(0));
  return async () => {
    const { user, system } = process.cpuUsage();
    return { port: server.port, cpuSeconds: (user + system) / 1e6 };
  };
});

function open(edge: EdgeKind, handlers: Handlers, log: Logger) {
  const where = { host: '127.0.0.1', port: 0, name: edge };
  const rest = (bare: boolean, unvalidated: boolean) =>
    listen(buildExpressEdge({ handlers, log, bare, unvalidated }), where);
  switch (edge) {
    case 'express':
      return rest(false, false);
    case 'express-unvalidated':
      return rest(false, true);
    case 'express-bare':
      return rest(true, true);
    case 'http':
      return listen(httpEdge(handlers), where);
    case 'grpc':
      return listenWhole(handlers, log);
    case 'grpc-unvalidated':
      return listenUnvalidated(handlers, log);
    case 'grpc-bare':
      return listenBare(handlers);
  }
}
