// The catalog's server: its calls, its keys, its errors. Used by the process and by the tests alike.
import type { Registry } from 'prom-client';
import { translateDatabaseError } from '#platform/database.ts';
import { serverPositions } from '#platform/grpc/interceptors/positions.ts';
import { listenGrpc, type GrpcServer } from '#platform/grpc/server.ts';
import { createIdempotentWrites } from '#platform/idempotency.ts';
import type { Logger } from '#platform/logger.ts';
import { translateNotTheOwner } from '#platform/not-the-owner.ts';
import { createOwnershipReader } from '#platform/ownership.ts'; // from stage-4
import { createPositions } from '#platform/position.ts';
import { createCatalog } from './catalog.ts';
import type { OpenDatabase } from './database.ts';
import { createEpochs } from './epochs.ts'; // from stage-4
import { catalogService } from './grpc.ts';
import type { RequireEpoch } from './keyed-writes.ts';
import { createCatalogRepository } from './repository.ts';

export interface CatalogServerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly database: OpenDatabase;
  readonly keysSecret: string;
  readonly log: Logger;
  readonly registry?: Registry;
}

/** @throws {SetupError} one line, where the port is taken. */
export function listenCatalog(options: CatalogServerOptions): Promise<GrpcServer> {
  const { database, keysSecret, ...server } = options;
  const catalog = createCatalog(createCatalogRepository(database));
  const once = createIdempotentWrites(database, 'catalog.idempotency_keys', keysSecret);
  const positions = createPositions({ query: (...asked) => database.current().$queryRawUnsafe(...asked) });
  const guard: { requireEpoch: RequireEpoch } = { requireEpoch: async () => undefined };
  guard.requireEpoch = createEpochs(createOwnershipReader(database.current, 'catalog')); // from stage-4
  return listenGrpc({
    ...server,
    name: 'catalog',
    services: [catalogService(catalog, once, database.inTransaction, guard.requireEpoch)],
    interceptors: [serverPositions(positions, 'catalog')],
    ready: () => database.ping(),
    translateError: (error) => translateNotTheOwner(error) ?? translateDatabaseError(error),
  });
}
