// Opens for the process what is done with reads, split or compared: its settings, its services, its plans.
import { join } from 'node:path';
import { z } from 'zod';
import { number, readConfig, setting } from '#platform/config.ts';
import { connectGrpc } from '#platform/grpc/client.ts';
import { dataFolder } from '#platform/paths.ts';
import { CatalogServiceService } from '../../../generated/protos/shop/catalog/v1/catalog.ts';
import { noPlans } from '../../plans/plan.ts';
import { watchPlans } from '../../plans/watch-plans.ts';
import type { Layer } from '../layer.ts';
import { catalogReads } from '../routes/catalog-service.ts';
import { openShadow } from '../shadow/open.ts';
import { createReadMetrics } from './metrics.ts';
import { createServiceSide, type ServiceSide } from './service-side.ts';
import { splitReads } from './split.ts';

const settings = {
  /** `host:port`; without it, the monolith answers everything. */
  catalog: setting('GATEWAY_CATALOG_ADDRESS', z.string().min(1).optional()),
  /** Of the switch, `host:port`; without it there are no plans, and the monolith answers everything. */
  switchAddress: setting('GATEWAY_SWITCH_ADDRESS', z.string().min(1).optional()),
  /** How long a service has, before the monolith is asked for the same. */
  patienceMs: setting('GATEWAY_SERVICE_PATIENCE_MS', number(1_000)),
  maxInFlight: setting('GATEWAY_SERVICE_MAX_IN_FLIGHT', number(512)),
};

export const openReads: Layer = (toMonolith, surroundings) => {
  const { metrics, log, shutdown } = surroundings;
  const { catalog, switchAddress, patienceMs, maxInFlight } = readConfig(settings);
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

  const file = join(dataFolder(), 'gateway-plans.json');
  const source = switchAddress === undefined ? noPlans() : watchPlans({ address: switchAddress, file, log });
  shutdown.onStop('plans', () => source.stop());
  const plans = source.current;
  const split = splitReads(toMonolith, {
    plans: () => [...plans().values()],
    services,
    metrics: createReadMetrics(metrics.registry, plans),
  });
  return openShadow(split, { plans, services, switchAddress }, surroundings);
};
