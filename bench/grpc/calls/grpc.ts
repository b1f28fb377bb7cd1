// The work over gRPC: one connection, by the client that the shop's processes use, or by the generated one alone.
import { credentials } from '@grpc/grpc-js';
import type { Product } from '../../../generated/protos/shop/catalog/v1/catalog.ts';
import {
  BenchServiceClient,
  BenchServiceService,
  type ListLinesResponse,
} from '../../../generated/protos/shop/testing/v1/bench.ts';
import { connectGrpc } from '#platform/grpc/client.ts';
import type { Logger } from '#platform/logger.ts';
import { createRegistry } from '#platform/metrics.ts';
import { linesOf, ORDER_ID } from '../handlers.ts';
import { toLine } from '../messages.ts';
import type { Caller } from './caller.ts';

const registry = createRegistry('bench');

export function grpcCaller(address: string, log: Logger): Caller {
  const client = connectGrpc(BenchServiceService, {
    ...{ addresses: [address], defaultDeadlineMs: 20_000, log, registry },
  });
  return {
    async call(work) {
      const products: Product[] = [];
      switch (work.kind) {
        case 'lines':
          return client.listLines({ orderId: ORDER_ID, count: work.count });
        case 'place':
          return client.placeLines({ orderId: ORDER_ID, lines: linesOf(work.count).map(toLine) });
        case 'pages':
          for (;;) {
            const { pageSize } = work;
            const page = await client.listProducts({ pageSize, offset: products.length });
            products.push(...page.products);
            if (page.products.length < pageSize) return { products };
          }
        case 'whole':
          for await (const some of client.streamProducts({ batch: work.batch }))
            products.push(...some.products);
          return { products };
        default:
          throw new Error(`the bench has no ${work.kind}`);
      }
    },
    close: async () => client.close(),
  };
}

/** Without deadlines, repeats, metrics and promises but the one that the loop needs. */
export function bareGrpcCaller(address: string): Caller {
  const client = new BenchServiceClient(address, credentials.createInsecure());
  return {
    call(work) {
      if (work.kind !== 'lines') throw new Error(`nobody calls ${work.kind} without the platform`);
      return new Promise<ListLinesResponse>((resolve, reject) => {
        client.listLines({ orderId: ORDER_ID, count: work.count }, (error, answer) =>
          error ? reject(error) : resolve(answer),
        );
      });
    },
    close: async () => client.close(),
  };
}
