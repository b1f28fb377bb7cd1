import { pino } from 'pino';
import { CatalogServiceService } from '../generated/protos/shop/catalog/v1/catalog.ts';
import { connectGrpc, type GrpcClient } from '#platform/grpc/client.ts';
import { newId } from '#platform/ids.ts';
import { databaseUrl, withClient } from '#platform/postgres/owners.ts';
import { openServer } from '#platform/postgres/server.ts';
import { openSecrets } from '#platform/secrets.ts';
import { until } from '#platform/testing/until.ts';
import { withRoom } from './testing-verbs.ts';
import { post, run, shopsOfEachTest, type Place, type RunningShop } from './testing.ts';

const { place, start } = shopsOfEachTest();

type ShopWithBoth = RunningShop & { readonly monolith: string; readonly catalog: string };
type CatalogClient = GrpcClient<typeof CatalogServiceService>;

const TABLES = ['categories', 'products', 'idempotency_keys'] as const;
const ROUNDS = 2;

interface Doors {
  readonly products: readonly string[];
  /** @returns the product's etag; undefined where it was refused. */
  readonly setPrice: (
    door: 'monolith' | 'service',
    id: string,
    amount: number,
    key: string,
  ) => Promise<string | undefined>;
  readonly close: () => void;
}

/** Both sides as an administrator reaches them, each by its own door: no gateway chooses. */
async function openDoors(shop: ShopWithBoth): Promise<Doors> {
  const account = { email: 'admin@shop.test', password: 'shop-admin' };
  const session = (await (await post(shop, '/sessions', account)).json()) as {
    token: string;
    customer: { id: string };
  };
  const client: CatalogClient = connectGrpc(CatalogServiceService, {
    addresses: [shop.catalog],
    defaultDeadlineMs: 10_000,
    log: pino({ level: 'silent' }),
  });
  const metadata = { 'x-caller-id': session.customer.id };
  const listed = await fetch(`${shop.monolith}/products?pageSize=20`);
  const { products } = (await listed.json()) as { products: { id: string }[] };

  return {
    products: products.map(({ id }) => id),
    async setPrice(door, id, amount, key) {
      if (door === 'monolith') {
        const answer = await fetch(`${shop.monolith}/products/${id}`, {
          method: 'PATCH',
          headers: {
            authorization: `Bearer ${session.token}`,
            'content-type': 'application/json',
            'idempotency-key': key,
          },
          body: JSON.stringify({ price: { amount, currency: 'EUR' } }),
        });
        await answer.text();
        return answer.ok ? (answer.headers.get('etag') ?? '') : undefined;
      }
      const product = { price: { amount: BigInt(amount), currency: 'EUR' } };
      const change = { id, product, updateMask: undefined, requestId: key };
      return client.updateProduct(change, { metadata }).then(
        (answer) => answer.product?.etag ?? '',
        () => undefined,
      );
    },
    close: () => client.close(),
  };
}

/** Sets prices without a pause, by the two doors in turn, each under a key of its own until one of them has taken it. */
function keepWriting({ products, setPrice }: Doors) {
  const last = new Map<string, number>();
  const seen = { acknowledged: 0, atService: 0 };
  let [amount, running] = [1_000, true];
  const writing = (async () => {
    for (let turn = 0; running; turn += 1) {
      const id = products[turn % products.length] ?? '';
      const key = newId();
      amount += 1;
      let door: 'monolith' | 'service' = turn % 2 === 0 ? 'monolith' : 'service';
      // One that is under way is waited for: it may have been done.
      for (let done = false; !done;) {
        done = (await setPrice(door, id, amount, key)) !== undefined;
        if (!done) door = door === 'monolith' ? 'service' : 'monolith';
      }
      last.set(id, amount);
      seen.acknowledged += 1;
      if (door === 'service') seen.atService += 1;
    }
  })();
  return {
    last,
    seen,
    more: async () => {
      const before = seen.acknowledged;
      await until(async () => seen.acknowledged > before + 5);
    },
    async stop() {
      running = false;
      await writing;
    },
  };
}

async function rowsOf({ folder }: Place, owner: string, table: string): Promise<readonly string[]> {
  const { adminUrl } = await openServer({ folder, secrets: openSecrets(folder) });
  return withClient(databaseUrl(adminUrl, `shop_${owner}`), async (admin) => {
    const { rows } = await admin.query<{ row: string }>(
      `SELECT t::text AS row FROM catalog.${table} AS t ORDER BY 1`,
    );
    return rows.map(({ row }) => row);
  });
}

test('the catalog of a shop that runs is given to its service and back under an administrator’s writes', async () => {
  const here = await place();
  const shop = (await start(here, '--products', '500')) as ShopWithBoth;
  const doSwitch = (...words: string[]) => run('switch', here.environment, ...withRoom(words));
  expect(await doSwitch('replicate', 'catalog')).toMatchObject({ code: 0 });
  expect(await doSwitch('plan', 'catalog')).toMatchObject({ code: 0 });
  const doors = await openDoors(shop);
  const [id = ''] = doors.products.slice(-1);
  const early = newId();
  const answered = await doors.setPrice('monolith', id, 999, early);
  expect(answered).toMatch(/^"/);

  const writer = keepWriting({ ...doors, products: doors.products.slice(0, -1) });
  try {
    await writer.more();
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const side of ['service', 'monolith']) {
        const { code, output } = await doSwitch('writes', 'catalog', side, '--json');
        expect({ code, output }).toMatchObject({ code: 0 });
        expect(JSON.parse(output)).toMatchObject({ owner: side, moved: true, auditProblem: null });
        await writer.more();
        // Keys move with the rows: what was answered before is answered alike, and done once.
        expect(await doors.setPrice(side as 'service', id, 999, early)).toBe(answered);
        if (side === 'service') expect(await run('buy', here.environment)).toMatchObject({ code: 0 });
      }
    }
  } finally {
    await writer.stop();
    doors.close();
  }
  expect(writer.seen.atService).toBeGreaterThan(5);

  const rows = await rowsOf(here, 'monolith', 'products');
  for (const [product, amount] of writer.last) {
    const row = rows.find((each) => each.includes(product));
    expect(row).toContain(`,${amount},`);
  }
  const plan = JSON.parse((await doSwitch('plan', 'catalog', '--json')).output) as object;
  expect(plan).toMatchObject({ wouldMove: true, right: { owner: 'monolith', epoch: 1 + 2 * ROUNDS } });
  for (const table of TABLES)
    expect(await rowsOf(here, 'catalog', table)).toEqual(await rowsOf(here, 'monolith', table));
  const audit = await doSwitch('audit', 'catalog', '--json', '--limit', '100');
  const { entries } = JSON.parse(audit.output) as { entries: { step: { step: string } }[] };
  expect(entries.filter(({ step }) => step.step === 'grant')).toHaveLength(2 * ROUNDS);
}, 300_000);
