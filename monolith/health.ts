// Liveness (the process answers) and readiness (it should get traffic): red while the database is away, and before a stop.
import { Router } from 'express';
import { setTimeout as sleep } from 'node:timers/promises';

const PING_DEADLINE_MS = 1_000;

export interface Health {
  /** From now on not ready, for whoever distributes traffic to see. */
  drain(): void;
  /** Why no traffic should come here, or undefined where it may. */
  reasonNotReady(): Promise<string | undefined>;
}

export function createHealth(ping: () => Promise<void>): Health {
  let draining = false;
  return {
    drain: () => void (draining = true),
    async reasonNotReady() {
      if (draining) return 'stopping';
      const late = sleep(PING_DEADLINE_MS, false, { ref: false });
      const answered = ping().then(
        () => true,
        () => false,
      );
      return (await Promise.race([answered, late])) ? undefined : 'the database does not answer';
    },
  };
}

export function healthRoutes(health: Health): Router {
  const router = Router();
  router.get('/health/live', (_request, response) => {
    response.locals['route'] = '/health/live';
    response.json({ status: 'live' });
  });
  router.get('/health/ready', async (_request, response) => {
    response.locals['route'] = '/health/ready';
    const reason = await health.reasonNotReady();
    response
      .status(reason === undefined ? 200 : 503)
      .json(reason === undefined ? { status: 'ready' } : { status: 'not ready', reason });
  });
  return router;
}
