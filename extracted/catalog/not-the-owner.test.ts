import { newId } from '#platform/ids.ts';
import { openTestService, type TestService } from './testing-service.ts';

let service: TestService;

/** What replication's own trigger does; the real one is tried by scripts/start-services.endurance.test.ts. */
const refusing = (detail: string) => `
  CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN RAISE EXCEPTION 'not written here' USING ERRCODE = 'SH001', DETAIL = '${detail}'; END $$`;

beforeAll(async () => {
  service = await openTestService(['tea']);
  await service.sql(refusing('{}'));
  for (const table of ['categories', 'products', 'idempotency_keys'])
    await service.sql(
      `CREATE TRIGGER refuse BEFORE INSERT OR UPDATE OR DELETE ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION refuse()`,
    );
});
afterAll(() => service.close());

const product = {
  ...{ sku: 'KTL-1', name: 'Kettle', description: 'Boils water.', category: 'tea' },
  price: { amount: 1_250n, currency: 'EUR' },
};
const change = { product: { name: 'Pot', price: undefined }, updateMask: undefined };

const writes: Readonly<
  Record<string, (client: TestService['client'], requestId?: string) => Promise<unknown>>
> = {
  CreateProduct: (client, requestId) => client.createProduct({ product, requestId }),
  UpdateProduct: (client, requestId) => client.updateProduct({ id: newId(), ...change, requestId }),
  ArchiveProduct: (client, requestId) => client.archiveProduct({ id: newId(), requestId }),
};

describe.each(Object.entries(writes))('%s on a replica', (_name, write) => {
  test.each([
    ['without a request id', undefined],
    ['under a request id', 'of-a-replica'],
  ])('%s names the owner', async (_how, requestId) => {
    await service.sql(refusing('{"owner": "monolith", "epoch": 1, "state": "ACTIVE"}'));
    await expect(write(service.client, requestId)).rejects.toMatchObject({
      ...{ kind: 'conflict', code: 'not_the_owner' },
      details: { extra: { owner: 'monolith', epoch: 1, state: 'ACTIVE' } },
    });
  });

  test('before the first copy names nobody', async () => {
    await service.sql(refusing('{"owner": null, "epoch": null, "state": null}'));
    const error: unknown = await write(service.client).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'not_the_owner', details: { extra: {} } });
  });
});
