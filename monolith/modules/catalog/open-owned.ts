// Opens what the catalog needs to follow its owner: a client of its service, the row, and a queue for writes meanwhile.
import type { Registry } from 'prom-client';
import { CatalogServiceService } from '../../../generated/protos/shop/catalog/v1/catalog.ts';
import { connectGrpc } from '#platform/grpc/client.ts';
import { createHoldMetrics, type HoldMetrics } from '#platform/held-writes-metrics.ts';
import { createHold } from '#platform/held-writes.ts';
import { currentEdge } from '#platform/http/owner.ts';
import type { Once } from '#platform/idempotency.ts';
import type { Logger } from '#platform/logger.ts';
import { createOwnershipReader } from '#platform/ownership.ts';
import { openDatabase } from '../../database.ts';
import { createCatalogByGrpc } from './adapters/catalog.grpc.ts';
import type { Catalog } from './catalog.ts';
import { createOwnedCatalog, type OwnedCatalog } from './owned.ts';

export interface OpenOwnedCatalog extends OwnedCatalog {
  /** Adds the figures of the writes that wait. */
  readonly measure: (registry: Registry) => void;
  close(): Promise<void>;
}

/** Longer than a move holds everybody up before it gives up, so that no write fails of one that is aborted. */
const HOLD = { maxCount: 1_000, maxBytes: 8 * 1_024 * 1_024, deadlineMs: 2_000 };

export interface OwnedCatalogSettings {
  readonly catalogAddress?: string | undefined;
  readonly databaseUrl?: string;
}

/**
 * @param settings the service's `host:port`. Without it the row is not asked: this side answers as it has always done,
 * and a write that it may not do waits for nothing but an end of the move.
 */
export function openOwnedCatalog(
  local: Catalog,
  once: Once,
  { catalogAddress: address, databaseUrl }: OwnedCatalogSettings,
  log: Logger,
): OpenOwnedCatalog {
  const measured: HoldMetrics[] = [];
  const hold = createHold({
    ...HOLD,
    onEnd: (end, heldMs) => measured.forEach((metrics) => metrics.held(end, heldMs)),
  });
  function measure(registry: Registry): void {
    const metrics = createHoldMetrics(registry, 'monolith', 'catalog');
    metrics.watch(hold);
    measured.push(metrics);
  }
  const common = { local, once, hold, edge: currentEdge };
  if (address === undefined || databaseUrl === undefined) {
    const [readOwnership, atService] = [async () => undefined, () => local];
    const close = async () => undefined;
    return { ...createOwnedCatalog({ ...common, readOwnership, atService }), measure, close };
  }
  const client = connectGrpc(CatalogServiceService, {
    addresses: [address],
    defaultDeadlineMs: 1_000,
    log,
  });
  // A session of its own, which all share: within a transaction the look would hold the row's table until that ends, and
  // whoever changes the table would make everybody wait behind it. It begins after it is asked for, which is new enough.
  const lookout = openDatabase(databaseUrl, 1);
  return {
    ...createOwnedCatalog({
      ...common,
      readOwnership: createOwnershipReader(lookout.current, 'catalog'),
      atService: createCatalogByGrpc(client),
    }),
    measure,
    async close() {
      client.close();
      await lookout.close();
    },
  };
}
