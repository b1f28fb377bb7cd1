// The switch as it runs: its calls, its plans in memory, its heart. Used by the process and by the tests alike.
import type { Registry } from 'prom-client';
import { listenGrpc, type GrpcServer } from '#platform/grpc/server.ts';
import type { Logger } from '#platform/logger.ts';
import type { Replica } from '../ownership/replica.ts';
import { createBoard } from './board.ts';
import { translateFailure, type SwitchDatabase } from './database.ts';
import { switchService } from './grpc.ts';
import { startHeart } from './heart.ts';
import { readPlans } from './plan-store.ts';

export interface SwitchOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly database: SwitchDatabase;
  /** One for every capability. */
  readonly replicas: readonly Replica[];
  readonly log: Logger;
  readonly registry?: Registry;
}

/** @throws {SetupError} one line, where the port is taken; whatever else, where its database does not answer. */
export async function listenSwitch(options: SwitchOptions): Promise<GrpcServer> {
  const { database, replicas, log, ...listening } = options;
  const board = createBoard(replicas.map(({ capability }) => capability));
  // Before anybody can ask: a switch that has just begun must not tell of plans that are not.
  board.store(await readPlans(database.query));

  const server = await listenGrpc({
    ...listening,
    log,
    name: 'switch',
    services: [switchService(database, board, replicas)],
    ready: () => database.ping(),
    translateError: translateFailure,
  });
  const heart = startHeart(replicas, (capability, is) => board.setReplicated(capability, is), log);
  return {
    port: server.port,
    async stop(drainMs, forceMs) {
      await server.stop(drainMs, forceMs);
      await heart.stop();
    },
  };
}
