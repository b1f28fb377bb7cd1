// For tests: a gateway in front of both sides, and writers that change their products through it, each in its order.
import { startChild, type Child } from '#platform/children.ts';
import { newId } from '#platform/ids.ts';
import { JWT_SECRET } from '../monolith/testing/ground.ts';
import { tokenFor } from '../monolith/testing/request.ts';
import { openMovingShop, type MovingShop } from './testing-moves.ts';

export interface GatewayShop extends MovingShop {
  readonly gateway: () => Child;
  /** As an administrator, through the gateway. @throws where there is no answer. */
  readonly through: (method: string, path: string, body?: object, key?: string) => Promise<Response>;
  /** Kills the gateway, unless it has been; starts it again at its port. */
  readonly restartGateway: (settings?: Readonly<Record<string, string>>) => Promise<void>;
  /** Of its figures, the sum of those of a name. */
  readonly figure: (name: string, labels?: string) => Promise<number>;
}

export async function openGatewayShop(): Promise<GatewayShop> {
  const shop = await openMovingShop();
  const administrator = await tokenFor(newId(), 'admin');
  const start = (port: number, settings: Readonly<Record<string, string>> = {}) =>
    startChild('gateway', 'strangler/gateway/main.ts', {
      ...{ GATEWAY_PORT: String(port), GATEWAY_MONOLITH_URL: shop.monolith.url, SHOP_LOG_LEVEL: 'silent' },
      ...{ GATEWAY_CATALOG_ADDRESS: shop.address, SHOP_JWT_SECRET: JWT_SECRET, SHOP_DRAIN_MS: '0' },
      ...settings,
    });
  let gateway = await start(0);
  const url = `http://127.0.0.1:${gateway.port}`;

  return {
    ...shop,
    gateway: () => gateway,
    through: (method, path, body, key) =>
      fetch(`${url}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${administrator}`,
          ...(body && { 'content-type': 'application/json' }),
          ...(key !== undefined && { 'idempotency-key': key }),
        },
        ...(body && { body: JSON.stringify(body) }),
      }),
    async restartGateway(settings) {
      process.kill(gateway.pid, 'SIGKILL');
      await gateway.ended;
      gateway = await start(gateway.port, settings);
    },
    async figure(name, labels = '') {
      const text = await (await fetch(`${url}/metrics`)).text();
      const lines = [...text.matchAll(new RegExp(`^${name}\\{(.*)\\} (\\S+)$`, 'gm'))];
      return lines
        .filter(([, found = '']) => found.includes(labels))
        .reduce((sum, [, , value]) => sum + Number(value), 0);
    },
    async close() {
      await gateway.stop();
      await shop.close();
    },
  };
}

export interface Written {
  readonly id: string;
  /** Changes that were answered with success: each once, in this order. */
  readonly changes: number;
}

export interface Report {
  readonly products: readonly Written[];
  /** Answers by status and side: `200 catalog`. */
  readonly answers: Readonly<Record<string, number>>;
  /** Requests that had no answer at all. */
  readonly unanswered: number;
  /** What contradicts that every change is done once, and in order. */
  readonly contradictions: readonly string[];
  /** The longest time from the first try of a change to its answer, in milliseconds. */
  readonly worstMs: number;
}

export interface GatewayWriters {
  /** Changes so far. */
  readonly done: () => number;
  readonly stop: () => Promise<Report>;
}

/** A product's version counts its changes, so one that was lost, or done twice, or overtaken, shows in an answer's ETag. */
export async function startWriters({ through }: GatewayShop, count: number): Promise<GatewayWriters> {
  const answers: Record<string, number> = {};
  const contradictions: string[] = [];
  let [done, unanswered, worstMs, stopped] = [0, 0, 0, false];

  /** The same request under the same key, until it is done. */
  async function insist(method: string, path: string, body: object): Promise<Response | undefined> {
    const key = newId();
    const began = performance.now();
    for (;;) {
      const response = await through(method, path, body, key).catch(() => undefined);
      if (response === undefined) {
        unanswered += 1;
        await new Promise((resolve) => setTimeout(resolve, 10));
        continue;
      }
      const name = `${response.status} ${response.headers.get('x-served-by')}`;
      answers[name] = (answers[name] ?? 0) + 1;
      if (response.status === 503) {
        if (response.headers.get('retry-after') === null) contradictions.push('503 without Retry-After');
        await response.arrayBuffer();
        continue;
      }
      worstMs = Math.max(worstMs, performance.now() - began);
      if (response.ok) return response;
      contradictions.push(`${name}: ${await response.text()}`);
      return undefined;
    }
  }

  async function write(): Promise<Written> {
    const draft = { sku: newId().toUpperCase(), name: 'new', description: 'D', category: 'tea' };
    const made = await insist('POST', '/products', { ...draft, price: { amount: 1, currency: 'EUR' } });
    const { id = '' } = ((await made?.json()) ?? {}) as { id?: string };
    let changes = 0;
    while (!stopped) {
      const response = await insist('PATCH', `/products/${id}`, { name: `change ${changes + 1}` });
      if (response === undefined) continue;
      changes += 1;
      done += 1;
      const { name } = (await response.json()) as { name?: string };
      const told = `${name} ${response.headers.get('etag')}`;
      const expected = `change ${changes} "${changes + 1}"`;
      if (told !== expected) contradictions.push(`${told} instead of ${expected}`);
    }
    return { id, changes };
  }

  const running = Promise.all(Array.from({ length: count }, write));
  return {
    done: () => done,
    async stop() {
      stopped = true;
      const products = await running;
      return { products, answers, unanswered, contradictions, worstMs };
    },
  };
}
