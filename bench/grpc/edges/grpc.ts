// The handlers over gRPC: as every service of the shop serves them, without validation, or by grpc-js alone.
import { Server, ServerCredentials, type sendUnaryData, type ServerUnaryCall } from '@grpc/grpc-js';
import {
  BenchServiceService,
  type ListLinesRequest,
  type ListLinesResponse,
} from '../../../generated/protos/shop/testing/v1/bench.ts';
import { serverValidation } from '#platform/grpc/interceptors/validation.ts';
import { MESSAGE_LIMITS } from '#platform/grpc/limits.ts';
import { addService, interceptorsOf, listenGrpc } from '#platform/grpc/server.ts';
import { serve } from '#platform/grpc/serve.ts';
import type { Logger } from '#platform/logger.ts';
import { createRegistry } from '#platform/metrics.ts';
import type { Handlers } from '../handlers.ts';
import { fromLine, toLine, toProduct } from '../messages.ts';

interface Listening {
  readonly port: number;
  stop(): Promise<void>;
}

const served = (handlers: Handlers) =>
  serve(BenchServiceService, {
    listLines: async ({ count }) => ({ lines: handlers.listLines(count).map(toLine) }),
    placeLines: async ({ lines }) => ({ total: BigInt(handlers.placeLines(lines.map(fromLine))) }),
    listProducts: async ({ pageSize, offset }) => ({
      products: handlers.listProducts(pageSize, offset).map(toProduct),
    }),
    async *streamProducts({ batch }) {
      const { length } = handlers.allProducts();
      for (let offset = 0; offset < length; offset += batch)
        yield { products: handlers.listProducts(batch, offset).map(toProduct) };
    },
  });

const where = { host: '127.0.0.1', port: 0, name: 'bench' };

export async function listenWhole(handlers: Handlers, log: Logger): Promise<Listening> {
  const registry = createRegistry('bench');
  const server = await listenGrpc({ ...where, log, registry, services: [served(handlers)] });
  return { port: server.port, stop: () => server.stop(0, 1_000) };
}

/** Every interceptor but that one. */
export async function listenUnvalidated(handlers: Handlers, log: Logger): Promise<Listening> {
  const server = new Server({ ...MESSAGE_LIMITS });
  const options = { ...where, log, registry: createRegistry('bench'), services: [] };
  const interceptors = interceptorsOf(options).filter((each) => each !== serverValidation);
  addService(server, served(handlers), { interceptors, stopping: new AbortController().signal });
  return bind(server);
}

/** The generated code and callbacks. */
export async function listenBare({ listLines }: Handlers): Promise<Listening> {
  const server = new Server();
  const { listLines: method } = BenchServiceService;
  server.addService(
    { listLines: method },
    {
      listLines: (
        { request }: ServerUnaryCall<ListLinesRequest, ListLinesResponse>,
        done: sendUnaryData<ListLinesResponse>,
      ) => done(null, { lines: listLines(request.count).map(toLine) }),
    },
  );
  return bind(server);
}

async function bind(server: Server): Promise<Listening> {
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return {
    port,
    stop: async () => server.forceShutdown(),
  };
}
