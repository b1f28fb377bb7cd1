// What is asked of the gateway's own address: does it live, should it get traffic, what has it measured.
import type { Backend } from './backend.ts';
import type { GatewayMetrics } from './metrics.ts';

export interface OwnAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
}

export interface OwnPages {
  /** From now on not ready, for whoever distributes traffic to see. */
  drain(): void;
  /** @returns undefined for a path that is not the gateway's. */
  find(method: string, path: string): (() => OwnAnswer | Promise<OwnAnswer>) | undefined;
}

export function createOwnPages(monolith: Backend, metrics: GatewayMetrics): OwnPages {
  let draining = false;
  const pages: Readonly<Record<string, () => OwnAnswer | Promise<OwnAnswer>>> = {
    // Its own life: to restart a gateway does not bring a monolith back.
    '/health/live': () => json(200, { status: 'live' }),
    // The shop's readiness: without the monolith there is nothing to sell.
    '/health/ready': async () => {
      if (draining) return json(503, { status: 'not ready', reason: 'stopping' });
      const said = await monolith.readiness();
      if (said === undefined)
        return json(503, { status: 'not ready', reason: 'the monolith does not answer' });
      return { status: said.status, contentType: JSON_TYPE, text: said.body };
    },
    '/metrics': async () => ({ status: 200, ...(await metrics.read()) }),
  };
  return {
    drain: () => void (draining = true),
    find: (method, path) => (method === 'GET' || method === 'HEAD' ? pages[path] : undefined),
  };
}

const JSON_TYPE = 'application/json; charset=utf-8';

const json = (status: number, body: object): OwnAnswer => ({
  status,
  contentType: JSON_TYPE,
  text: JSON.stringify(body),
});
