// For tests: a monolith and a catalog service, each a process with a database of its own, between which ownership moves.
import { CAPABILITIES } from '../strangler/capabilities.ts';
import { databaseOf, type Replica, type Side } from '../strangler/ownership/replica.ts';
import { replicate } from '../strangler/ownership/replicate.ts';
import { stop } from '../strangler/ownership/stop.ts';
import { moveWithRoom } from '../strangler/ownership/testing-room.ts';
import { CATEGORY, JWT_SECRET, openGround, type Ground } from '../monolith/testing/ground.ts';
import { startMonolith, type MonolithProcess } from '../monolith/testing/monolith-process.ts';
import { tokenFor } from '../monolith/testing/request.ts';
import { startChild, type Child } from '#platform/children.ts';
import { newId } from '#platform/ids.ts';
import { databaseUrl, withClient } from '#platform/postgres/owners.ts';
import { createTestDatabase } from '#platform/testing/test-database.ts';

export interface MovingShop {
  readonly ground: Ground;
  readonly replica: Replica;
  readonly monolith: MonolithProcess;
  readonly service: () => Child;
  /** Of the service, for a monolith of one's own. */
  readonly address: string;
  /** Starts the service again where it was. */
  readonly startService: () => Promise<void>;
  readonly sql: <Row = Record<string, unknown>>(
    side: Side,
    text: string,
    values?: readonly unknown[],
  ) => Promise<readonly Row[]>;
  readonly move: (target: Side) => Promise<unknown>;
  /** One request to the monolith; by an administrator, unless a token is given. */
  readonly ask: Ask;
  /** The same to another monolith. */
  readonly askOf: (monolith: MonolithProcess) => Ask;
  readonly close: () => Promise<void>;
}

export type Ask = (method: string, path: string, more?: Asked) => Promise<Answered>;

export interface Asked {
  readonly body?: object;
  readonly key?: string | undefined;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answered {
  readonly status: number;
  readonly text: string;
  readonly body: Record<string, unknown>;
  readonly headers: Headers;
}

export async function openMovingShop(): Promise<MovingShop> {
  const ground = await openGround();
  const database = await createTestDatabase('catalog');
  const urls = {
    monolith: databaseUrl(database.adminUrl, databaseOf(ground.databaseUrl)),
    service: database.adminUrl,
  };
  const replica: Replica = { capability: 'catalog', schema: CAPABILITIES['catalog']?.schema ?? '', urls };
  await replicate(replica);

  let service = await startService(database.url, 0);
  const { port } = service;
  const address = `127.0.0.1:${port}`;
  const monolith = await startMonolith(ground, { MONOLITH_CATALOG_ADDRESS: address });
  const administrator = await tokenFor(newId(), 'admin');

  return {
    ...{ ground, replica, monolith, address },
    service: () => service,
    async startService() {
      service = await startService(database.url, port);
    },
    sql: (side, text, values = []) =>
      withClient(urls[side], async (admin) => (await admin.query(text, [...values])).rows as never),
    move: (target) => moveWithRoom(replica, target),
    ask: askerOf(monolith, administrator),
    askOf: (other) => askerOf(other, administrator),
    async close() {
      await Promise.all([monolith.stop(), service.stop()]);
      await moveWithRoom(replica, 'monolith');
      await stop(replica);
      await ground.close();
      await database.drop();
    },
  };
}

const askerOf =
  ({ url }: MonolithProcess, administrator: string): Ask =>
  async (method, path, { body, key, token = administrator, headers } = {}) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body && { 'content-type': 'application/json' }),
        ...(key !== undefined && { 'idempotency-key': key }),
        ...headers,
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const parsed = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
    return { status: response.status, text, body: parsed, headers: response.headers };
  };

const startService = (databaseUrl: string, port: number) =>
  startChild('catalog', 'extracted/catalog/main.ts', {
    SHOP_JWT_SECRET: JWT_SECRET,
    SHOP_LOG_LEVEL: 'silent',
    CATALOG_PORT: String(port),
    CATALOG_METRICS_PORT: '0',
    CATALOG_DATABASE_URL: databaseUrl,
    SHOP_DRAIN_MS: '0',
  });

/** Of a product that there is not yet. */
export const draft = () => ({
  ...{ sku: newId().toUpperCase(), name: 'Kettle', description: 'Boils water.', category: CATEGORY },
  price: { amount: 1_250, currency: 'EUR' },
});

export async function createProduct(shop: Pick<MovingShop, 'ask'>, more: Asked = {}) {
  const made = await shop.ask('POST', '/products', { body: draft(), ...more });
  if (made.status !== 201) throw new Error(`there is no product: ${made.text}`);
  const id = String(made.body['id']);
  return { ...made, id, path: `/products/${id}` };
}
