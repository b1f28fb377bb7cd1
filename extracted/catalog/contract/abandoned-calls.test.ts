// A call that nobody waits for any more is given up: it ends at the service too, and what it would have written is not.
import { newId } from '#platform/ids.ts';
import { draft, openContract, type Contract } from './testing-contract.ts';
import { endOfCall } from './testing-process.ts';
import type { Wire } from './testing-wire.ts';

let contract: Contract;
let refusal: Wire['refusal'];

beforeAll(async () => {
  contract = await openContract();
  ({ refusal } = contract.wire);
  const { database } = contract;
  // PostgreSQL's own limits would give the work up, too, and hide whether the service does.
  const role = new URL(database.url).username;
  await database.sql(
    `DO $$ BEGIN
       EXECUTE format('ALTER ROLE %I IN DATABASE %I SET transaction_timeout = 0', '${role}', current_database());
     END $$`,
  );
  // Connections that stand have the old limits.
  await database.answer(false);
  await database.answer(true);
});
afterAll(() => contract.close());

/** Longer than all of the calls take until they wait for the lock, on however slow a machine. */
const DEADLINE_MS = 5_000;

/** Calls that each wait for the table of products. */
async function callsToAbandon() {
  const [first, second, third, fourth] = [await id(), await id(), await id(), await id()];
  const product = { name: 'Too late' };
  return [
    ['createProduct', { product: draft() }],
    ['createProduct', { product: draft(), requestId: newId() }],
    ['updateProduct', { id: first, product }],
    ['updateProduct', { id: second, product, requestId: newId() }],
    ['archiveProduct', { id: third }],
    ['archiveProduct', { id: fourth, requestId: newId() }],
    ['getProduct', { id: first }],
    ['batchGetProducts', { ids: [first] }],
    ['listProducts', {}],
    ['searchProducts', { words: 'kettle' }],
  ] as const;
}
const id = async () => (await contract.create()).id;

test.each([
  ['DEADLINE_EXCEEDED', 'whose deadline passes'],
  ['CANCELLED', 'whose caller goes'],
] as const)(
  '%s ends a call %s, here and at the service, and nothing is written afterwards',
  async (code, _how) => {
    const { database, service, wire } = contract;
    const calls = (await callsToAbandon()).map(([rpc, request]) => ({ rpc, request, callId: newId() }));
    const look = async () => ({
      products: await database.sql('SELECT id, name, version, archived_at FROM products ORDER BY id'),
      keys: await database.sql('SELECT key FROM idempotency_keys'),
    });
    const before = await look();
    await database.whileLocked('products', async ({ waiting }) => {
      const caller = new AbortController();
      const answers = calls.map(({ rpc, request, callId }) =>
        refusal(rpc, request, {
          metadata: { 'x-request-id': callId },
          ...(code === 'CANCELLED' ? { signal: caller.signal } : { deadlineMs: DEADLINE_MS }),
        }),
      );
      await waiting(calls.length);
      caller.abort();
      for (const [index, { rpc, callId }] of calls.entries()) {
        expect({ rpc, ...(await answers[index]) }).toMatchObject({ rpc, code });
        // While its statement still waits.
        expect(await endOfCall(service, callId)).toMatchObject({ code });
      }
    });
    await database.isQuiet();
    expect(await look()).toEqual(before);
    expect(await wire.call('listProducts', { pageSize: 1 })).toMatchObject({ products: { length: 1 } });
  },
);

test('a call whose time is over when it is sent does not reach the database', async () => {
  const { code } = await refusal('createProduct', { product: draft({ name: 'Never' }) }, { deadlineMs: -1 });
  expect(code).toBe('DEADLINE_EXCEEDED');
  await contract.database.isQuiet();
  expect(await contract.database.sql(`SELECT FROM products WHERE name = 'Never'`)).toEqual([]);
});
