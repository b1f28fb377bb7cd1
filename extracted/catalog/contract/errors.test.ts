// What the catalog answers where it cannot do what it was asked: status codes, and the details behind them.
import type { ServiceError } from '@grpc/grpc-js';
import { newId } from '#platform/ids.ts';
import { draft, openContract, SERVICE, type Contract } from './testing-contract.ts';
import { endOfCall } from './testing-process.ts';
import { violations, type Violation } from './testing-violations.ts';
import { readRefusal, type Rpc, type Wire } from './testing-wire.ts';

let contract: Contract;
let call: Wire['call'];
let refusal: Wire['refusal'];

beforeAll(async () => {
  contract = await openContract();
  ({ call, refusal } = contract.wire);
});
afterAll(() => contract.close());

/** One call of each kind. */
const calls = (): readonly (readonly [Rpc, object])[] => [
  ['getProduct', { id: newId() }],
  ['batchGetProducts', { ids: [newId()] }],
  ['listProducts', {}],
  ['searchProducts', { words: 'kettle' }],
  ['listCategories', {}],
  ...writes(),
];
const writes = (): readonly (readonly [Rpc, object])[] => [
  ['createProduct', { product: draft() }],
  ['createProduct', { product: draft(), requestId: newId() }],
  ['updateProduct', { id: newId(), product: { name: 'Pot' } }],
  ['updateProduct', { id: newId(), product: { name: 'Pot' }, requestId: newId() }],
  ['archiveProduct', { id: newId() }],
  ['archiveProduct', { id: newId(), requestId: newId() }],
];

const rules = violations();
const named = (list: readonly Violation[]) =>
  list.map((each) => [each.rpc, each.rule, each.field, each] as const);
const bounds = rules.filter(({ allowed }) => allowed !== undefined);

test('the contract has rules, and the suite breaks each', () => expect(rules.length).toBeGreaterThan(50));

test.each(named(rules))(
  '%s refuses what breaks the rule %s of %j, and names it',
  async (rpc, _rule, field, { request }) => {
    const answer = await refusal(rpc, request);
    expect(answer).toMatchObject({
      code: 'INVALID_ARGUMENT',
      details: ['shop.common.v1.Problem', 'google.rpc.BadRequest'],
      problem: { code: 'invalid_request', kind: 'invalid_argument', detail: answer.message },
    });
    // Beside the field, a rule of the whole request may be broken by the same.
    const fields = new Set(answer.violations?.map((violation) => violation.field));
    expect(fields).toContain(field);
    expect(fields.difference(new Set(['', field]))).toEqual(new Set());
    for (const { description } of answer.violations ?? []) expect(description).not.toBe('');
  },
);

test.each(named(bounds))(
  '%s takes what goes as far as %s of %j allows',
  async (rpc, _rule, _field, { allowed }) => {
    const outcome = await call(rpc, allowed ?? {}).catch(readRefusal);
    expect(outcome).not.toHaveProperty('violations');
    expect(outcome).not.toMatchObject({ code: 'INTERNAL' });
  },
);

test('all the fields that are wrong are named at once', async () => {
  const product = draft({ sku: 'small', name: ' ', price: { amount: 0n, currency: 'USD' } });
  const { violations: named } = await refusal('createProduct', { product, requestId: '' });
  expect([...new Set(named?.map(({ field }) => field))].sort()).toEqual([
    'product.name',
    'product.price',
    'product.sku',
    'request_id',
  ]);
});

test('a name of a caller that no key could be kept for is refused', async () => {
  const request = { product: draft(), requestId: newId() };
  const metadata = { 'x-caller-id': 'a'.repeat(256) };
  expect(await refusal('createProduct', request, { metadata })).toMatchObject({
    code: 'INVALID_ARGUMENT',
    problem: { code: 'invalid_request' },
  });
});

describe('what is no request of the contract', () => {
  const raw = (method: string, bytes: Buffer) =>
    contract.wire.raw(`/${SERVICE}/${method}`, bytes).then(
      () => ({ code: 'OK' }),
      (error: ServiceError) => readRefusal(error),
    );

  test('an unknown method, or service, is UNIMPLEMENTED', async () => {
    expect(await raw('Teleport', Buffer.alloc(0))).toMatchObject({ code: 'UNIMPLEMENTED' });
    const path = '/shop.orders.v1.OrdersService/PlaceOrder';
    const error: unknown = await contract.wire.raw(path, Buffer.alloc(0)).catch((thrown: unknown) => thrown);
    expect(readRefusal(error as ServiceError)).toMatchObject({ code: 'UNIMPLEMENTED' });
  });

  test('a message over four megabytes is RESOURCE_EXHAUSTED, and the next call is served', async () => {
    expect(await raw('GetProduct', Buffer.alloc(4 * 1024 * 1024 + 1))).toMatchObject({
      code: 'RESOURCE_EXHAUSTED',
    });
    await call('listCategories', {});
  });

  test('fields that the contract does not know are skipped, as of a caller that is newer', async () => {
    // Field 1000, of the type uint32.
    expect(await raw('ListCategories', Buffer.from([0xc0, 0x3e, 0x01]))).toEqual({ code: 'OK' });
  });

  test('bytes that are no message are INTERNAL, and tell nothing', async () => {
    expect(await raw('GetProduct', Buffer.from([0x0a, 0x50, 0x01]))).toMatchObject({
      code: 'INTERNAL',
      problem: { code: 'internal', kind: 'internal' },
    });
  });
});

test.each(['', 'garbage', `${'a'.repeat(32)}~1~0/1`])(
  'a call that shall show what was to be seen at %j is for the owner, where that is not known here',
  async (position) => {
    for (const [rpc, request] of calls()) {
      const metadata = { 'x-read-after': position, 'x-want-position': '1' };
      expect({ rpc, ...(await refusal(rpc, request, { metadata })) }).toMatchObject({
        ...{ rpc, code: 'FAILED_PRECONDITION', details: ['shop.common.v1.Problem'] },
        problem: { code: 'behind', kind: 'conflict' },
      });
    }
  },
);

describe('on a replica', () => {
  const refuse = (detail: object) => `
    CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'not written here' USING ERRCODE = 'SH001', DETAIL = '${JSON.stringify(detail)}'; END $$;
    ${TABLES.map(
      (table) =>
        `CREATE OR REPLACE TRIGGER refuse BEFORE INSERT OR UPDATE OR DELETE ON ${table} EXECUTE FUNCTION refuse();`,
    ).join('\n')}`;
  const TABLES = ['categories', 'products', 'idempotency_keys'];
  afterAll(async () => {
    for (const table of TABLES) await contract.database.sql(`DROP TRIGGER refuse ON ${table}`);
  });

  test('every write is for the owner, whom the details name, and reads are answered', async () => {
    const owner = { owner: 'monolith', epoch: 3, state: 'ACTIVE' };
    await contract.database.sql(refuse(owner));
    for (const [rpc, request] of writes())
      expect({ rpc, ...(await refusal(rpc, request)) }).toMatchObject({
        ...{ rpc, code: 'FAILED_PRECONDITION', details: ['shop.common.v1.Problem'] },
        problem: { code: 'not_the_owner', kind: 'conflict', extra: owner },
      });
    await call('listProducts', {});
  });
});

describe('what was not expected', () => {
  const QUERIES = ['getProduct', 'batchGetProducts', 'listProducts', 'searchProducts'] as const;
  beforeAll(() => contract.database.sql('ALTER TABLE products RENAME COLUMN description TO lost'));
  afterAll(() => contract.database.sql('ALTER TABLE products RENAME COLUMN lost TO description'));

  test('is INTERNAL, with an id to ask for and nothing of the cause, which is logged whole under that id', async () => {
    const broken = calls().filter(([rpc]) => (QUERIES as readonly string[]).includes(rpc));
    broken.push(['createProduct', { product: draft() }]);
    broken.push(['createProduct', { product: draft(), requestId: newId() }]);
    for (const [rpc, request] of broken) {
      const callId = newId();
      const answer = await refusal(rpc, request, { metadata: { 'x-request-id': callId } });
      expect({ rpc, ...answer }).toMatchObject({
        ...{ rpc, code: 'INTERNAL', details: ['shop.common.v1.Problem'] },
        problem: { code: 'internal', kind: 'internal' },
      });
      expect(answer.message).toContain(callId);
      expect(JSON.stringify(answer)).not.toMatch(/description|column|prisma|select|insert|\.ts/i);

      expect(await endOfCall(contract.service, callId)).toMatchObject({ code: 'INTERNAL' });
      const logged = contract.service.log().find(({ requestId, err }) => requestId === callId && err);
      expect(logged).toMatchObject({ level: 50, msg: 'unexpected error' });
      expect(JSON.stringify(logged)).toMatch(/description.*does not exist/);
      expect(JSON.stringify(logged)).toContain('extracted/catalog/');
    }
  });
});

describe('without its database', () => {
  afterEach(() => contract.database.answer(true));

  test('every call is UNAVAILABLE, with the time after which to ask again, until the database is back', async () => {
    await call('listProducts', {});
    await contract.database.answer(false);
    for (const [rpc, request] of calls())
      expect({ rpc, ...(await refusal(rpc, request)) }).toMatchObject({
        ...{ rpc, code: 'UNAVAILABLE', details: ['shop.common.v1.Problem', 'google.rpc.RetryInfo'] },
        ...{ problem: { code: 'unavailable', kind: 'unavailable' }, retryDelay: 1 },
      });
    await contract.database.answer(true);
    for (const [rpc, request] of calls()) {
      const outcome = await call(rpc, request).catch(readRefusal);
      // What there is not is not found, again.
      expect({ rpc, code: (outcome as { code?: string }).code }).not.toMatchObject({ code: 'UNAVAILABLE' });
    }
  });

  test('a call that was cut off in the middle is UNAVAILABLE, too', async () => {
    const { database } = contract;
    const answer = await database.whileLocked('products', async ({ waiting }) => {
      const pending = refusal('listProducts', {});
      await waiting(1);
      await database.sql(
        `SELECT pg_terminate_backend(pid, 10000) FROM pg_locks WHERE NOT granted AND relation = 'products'::regclass`,
      );
      return pending;
    });
    expect(answer).toMatchObject({ code: 'UNAVAILABLE', problem: { code: 'unavailable' } });
    await call('listProducts', {});
  });
});
