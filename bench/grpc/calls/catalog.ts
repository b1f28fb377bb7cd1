// The catalog service as the rest of the shop calls it.
import { CatalogServiceService } from '../../../generated/protos/shop/catalog/v1/catalog.ts';
import { connectGrpc } from '#platform/grpc/client.ts';
import type { Logger } from '#platform/logger.ts';
import { createRegistry } from '#platform/metrics.ts';
import type { Caller } from './caller.ts';
import { inTurnOf } from './in-turn-of.ts';

const registry = createRegistry('bench');

export function catalogCaller(address: string, log: Logger): Caller {
  const client = connectGrpc(CatalogServiceService, {
    ...{ addresses: [address], defaultDeadlineMs: 20_000, log, registry },
  });
  const next = inTurnOf();
  return {
    async call(work) {
      switch (work.kind) {
        case 'product':
          return (await client.getProduct({ id: next(work.ids) })).product;
        case 'newest':
          return client.listProducts({ pageSize: 0, pageToken: '', filter: undefined, order: 0 });
        default:
          throw new Error(`the catalog has no ${work.kind}`);
      }
    },
    close: async () => client.close(),
  };
}
