import { newId } from '#platform/ids.ts';
import { until } from '#platform/testing/until.ts';
import { openTestService, type TestService } from './testing-service.ts';

let service: TestService;
let id: string;

const tableOfOwners = `
  CREATE TABLE ownership (epoch bigint NOT NULL, owner text NOT NULL, state text NOT NULL);
  INSERT INTO ownership VALUES (2, 'service', 'ACTIVE');
  GRANT SELECT ON ownership TO PUBLIC`;

beforeAll(async () => {
  service = await openTestService(['tea']);
  id = (await service.client.createProduct({ product: draft() })).product?.id ?? '';
});
afterAll(() => service.close());

const draft = () => ({
  ...{ sku: newId().toUpperCase(), name: 'Kettle', description: 'Boils water.', category: 'tea' },
  price: { amount: 1_250n, currency: 'EUR' },
});
const under = (epoch: string) => ({ metadata: { 'x-epoch': epoch } });
const rename = (name: string, requestId?: string) => ({
  ...{ id, product: { name, price: undefined }, updateMask: undefined, requestId },
});
const nameNow = async () => (await service.client.getProduct({ id })).product?.name;
const refusedBy = (extra: object) => ({ kind: 'conflict', code: 'not_the_owner', details: { extra } });

test('where nobody has told who owns, what is meant for an epoch is refused, and what is not is done', async () => {
  await expect(service.client.updateProduct(rename('Pot'), under('1'))).rejects.toMatchObject(refusedBy({}));
  await service.client.updateProduct(rename('Pan'));
  expect(await nameNow()).toBe('Pan');
});

describe('where the service owns since epoch 2', () => {
  beforeAll(() => service.sql(tableOfOwners));

  test('a write under that epoch is done, and so is one that names none', async () => {
    await service.client.updateProduct(rename('Two'), under('2'));
    expect(await nameNow()).toBe('Two');
    await service.client.updateProduct(rename('Any'));
    expect(await nameNow()).toBe('Any');
  });

  test.each(['1', '3', '02', 'two', ''])(
    'a write under the epoch %j is undone with its key, and hears who owns',
    async (epoch) => {
      const requestId = newId();
      const names = { owner: 'service', epoch: 2, state: 'ACTIVE' };
      for (const key of [requestId, undefined])
        await expect(service.client.updateProduct(rename('Other', key), under(epoch))).rejects.toMatchObject(
          refusedBy(names),
        );
      await expect(service.client.archiveProduct({ id, requestId }, under(epoch))).rejects.toMatchObject(
        refusedBy(names),
      );
      await expect(
        service.client.createProduct({ product: draft(), requestId }, under(epoch)),
      ).rejects.toMatchObject(refusedBy(names));
      expect(await nameNow()).toBe('Any');
      expect(await service.sql('SELECT FROM idempotency_keys WHERE key = $1', [requestId])).toEqual([]);
    },
  );

  test('a write that was held up while ownership moved away and came back is undone', async () => {
    await service.sql('CREATE TABLE gate (open boolean)');
    // It stands where the real fence does, and is as slow as a test wants it.
    await service.sql(`
      CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN WHILE NOT EXISTS (SELECT FROM catalog.gate) LOOP PERFORM pg_sleep(0.01); END LOOP; RETURN NULL; END $$;
      CREATE TRIGGER wait BEFORE UPDATE ON products FOR EACH STATEMENT EXECUTE FUNCTION wait();
      GRANT SELECT ON gate TO PUBLIC`);
    const write = service.client.updateProduct(rename('Slept'), under('2'));
    const outcome = expect(write).rejects.toMatchObject(refusedBy({ owner: 'service', epoch: 4 }));
    await until(
      async () =>
        (
          await service.sql(
            "SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()",
          )
        ).length === 1,
    );
    await service.sql('UPDATE ownership SET epoch = 4');
    await service.sql('INSERT INTO gate VALUES (true)');
    await outcome;
    expect(await nameNow()).toBe('Any');
  });
});
