// Opens for the process what is done with writes: its settings, the service that may own them, and how many may wait.
import { z } from 'zod';
import { number, readConfig, setting } from '#platform/config.ts';
import { connectGrpc } from '#platform/grpc/client.ts';
import { createHold } from '#platform/held-writes.ts';
import { CatalogServiceService } from '../../../generated/protos/shop/catalog/v1/catalog.ts';
import type { Layer } from '../layer.ts';
import { catalogWrites } from '../routes/catalog-writes.ts';
import { createAdministrators } from './administrator.ts';
import { followOwner } from './follow-owner.ts';
import { createHint } from './hint.ts';
import { createWriteMetrics } from './metrics.ts';
import { createWriteService } from './service-side.ts';

const settings = {
  /** `host:port`; without it, every write goes to the monolith. */
  catalog: setting('GATEWAY_CATALOG_ADDRESS', z.string().min(1).optional()),
  /** The monolith's: by it an administrator is known. Without it, every write goes to the monolith. */
  secret: setting('SHOP_JWT_SECRET', z.string().min(32, 'must have at least 32 characters').optional()),
  /** How long a service has for one write. */
  patienceMs: setting('GATEWAY_WRITE_PATIENCE_MS', number(3_000)),
  maxInFlight: setting('GATEWAY_SERVICE_MAX_IN_FLIGHT', number(512)),
  /** Writes that may wait at once while ownership moves, what they may keep in memory, and for how long they wait. */
  maxHeld: setting('GATEWAY_MAX_HELD_WRITES', number(400)),
  maxHeldBytes: setting('GATEWAY_MAX_HELD_BYTES', number(16 * 1_024 * 1_024)),
  holdMs: setting('GATEWAY_HOLD_MS', number(2_000)),
};

export const openWrites: Layer = (toMonolith, { metrics: ofRequests, log, shutdown }) => {
  const { catalog, secret, patienceMs, maxInFlight, maxHeld, maxHeldBytes, holdMs } = readConfig(settings);
  if (catalog === undefined || secret === undefined) return toMonolith;
  const client = connectGrpc(CatalogServiceService, {
    addresses: [catalog],
    defaultDeadlineMs: patienceMs,
    // It is this process that repeats, and maybe elsewhere.
    repeats: false,
    log,
  });
  shutdown.onStop('catalog client for writes', () => client.close());
  const writes = catalogWrites(client);
  const metrics = createWriteMetrics(ofRequests.registry, writes.capability);
  const hint = createHint();
  const hold = createHold({
    ...{ maxCount: maxHeld, maxBytes: maxHeldBytes, deadlineMs: holdMs },
    onEnd: metrics.held,
  });
  metrics.watch(hold, hint);
  const service = createWriteService({ log, patienceMs, maxInFlight });
  // No circuit: a write has only its owner to go to.
  const trust = { inFlight: service.inFlight, isOpen: () => false };
  ofRequests.watch({ side: 'service', capability: writes.capability, trust });
  return followOwner(toMonolith, {
    ...{ writes, hint, hold, metrics },
    atService: service.write,
    findAdministrator: createAdministrators(secret),
  });
};
