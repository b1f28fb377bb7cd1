// Opens the splitting of reads for the process: its settings, its services, its plans.
import { z } from 'zod';
import { number, readConfig, setting } from '#platform/config.ts';
import { connectGrpc } from '#platform/grpc/client.ts';
import { CatalogServiceService } from '../../../generated/protos/shop/catalog/v1/catalog.ts';
import type { Layer } from '../layer.ts';
import { catalogReads } from '../routes/catalog-service.ts';
import { createReadMetrics } from './metrics.ts';
import { createServiceSide, type ServiceSide } from './service-side.ts';
import { splitReads, type ReadPlan } from './split.ts';

const settings = {
  /** `host:port`; without it, the monolith answers everything. */
  catalog: setting('GATEWAY_CATALOG_ADDRESS', z.string().min(1).optional()),
  /** How long a service has, before the monolith is asked for the same. */
  patienceMs: setting('GATEWAY_SERVICE_PATIENCE_MS', number(1_000)),
  maxInFlight: setting('GATEWAY_SERVICE_MAX_IN_FLIGHT', number(512)),
};

export const openReads: Layer = (toMonolith, { metrics, log, shutdown }) => {
  const { catalog, patienceMs, maxInFlight } = readConfig(settings);
  const services: ServiceSide[] = [];
  if (catalog !== undefined) {
    const client = connectGrpc(CatalogServiceService, {
      addresses: [catalog],
      defaultDeadlineMs: patienceMs,
      repeats: false,
      log,
      registry: metrics.registry,
    });
    shutdown.onStop('catalog client', () => client.close());
    services.push(createServiceSide(catalogReads(client), { log, patienceMs, maxInFlight }));
  }
  for (const { capability, trust } of services) metrics.watch({ side: 'service', capability, trust });

  const plans = (): readonly ReadPlan[] => [];
  return splitReads(toMonolith, { plans, services, metrics: createReadMetrics(metrics.registry) });
};
