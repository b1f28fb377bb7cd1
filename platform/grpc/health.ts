// grpc.health.v1: whether this server, and each of its services, can be sent calls. Draining turns everything red first.
import { setTimeout as sleep } from 'node:timers/promises';
import {
  HealthCheckResponse_ServingStatus as ServingStatus,
  HealthService,
} from '../../generated/protos/grpc/health/v1/health.ts';
import { notFound } from '../errors.ts';
import { serve, type ServedService } from './serve.ts';

export interface GrpcHealth {
  readonly service: ServedService;
  /** From now on nothing here is serving. */
  drain(): void;
}

/** How often a watcher's status is looked at anew. */
const WATCH_INTERVAL_MS = 500;

/**
 * @param services full names; the empty name stands for the server as a whole.
 * @param ready throws where the process cannot serve just now: the database does not answer, say.
 */
export function createGrpcHealth(services: readonly string[], ready: () => Promise<void>): GrpcHealth {
  const known = new Set(['', ...services]);
  const draining = new AbortController();

  async function statusOf(name: string): Promise<ServingStatus> {
    if (!known.has(name)) return ServingStatus.SERVICE_UNKNOWN;
    if (draining.signal.aborted) return ServingStatus.NOT_SERVING;
    return ready().then(
      // Which may have begun while it was asked.
      () => (draining.signal.aborted ? ServingStatus.NOT_SERVING : ServingStatus.SERVING),
      () => ServingStatus.NOT_SERVING,
    );
  }

  return {
    service: serve(HealthService, {
      async check({ service }) {
        const status = await statusOf(service);
        if (status === ServingStatus.SERVICE_UNKNOWN) throw notFound('service', service);
        return { status };
      },

      async *watch({ service }, { signal }) {
        for (let last: ServingStatus | undefined; ;) {
          const status = await statusOf(service);
          if (status !== last) yield { status };
          last = status;
          // Draining does not last for long: watchers are told at once.
          const waking = draining.signal.aborted ? signal : AbortSignal.any([signal, draining.signal]);
          await sleep(WATCH_INTERVAL_MS, undefined, { signal: waking }).catch(() => signal.throwIfAborted());
        }
      },
    }),
    drain: () => draining.abort(),
  };
}
