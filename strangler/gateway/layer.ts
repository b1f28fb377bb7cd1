// A layer stands around the way to the monolith: it may answer a request itself, or send it on, said in its own way.
import type { Logger } from '#platform/logger.ts';
import type { Shutdown } from '#platform/shutdown.ts';
import type { GatewayMetrics } from './metrics.ts';
import type { Forward } from './proxy.ts';

export interface Surroundings {
  readonly metrics: GatewayMetrics;
  readonly log: Logger;
  readonly shutdown: Shutdown;
}

/** @param next where it sends on what it does not answer. */
export type Layer = (next: Forward, surroundings: Surroundings) => Forward;
