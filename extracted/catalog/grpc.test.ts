import { newId } from '#platform/ids.ts';
import { openTestService, type TestService } from './testing.ts';

let service: TestService;

beforeAll(async () => {
  service = await openTestService(['tea', 'coffee']);
});
afterAll(() => service.close());

test('a product that is for sale is told, its version as an ETag', async () => {
  const { product, version } = await service.catalog.createProduct({
    ...{ sku: newId().toUpperCase(), name: 'Kettle', description: 'Boils water.', category: 'tea' },
    price: { amount: 1_250, currency: 'EUR' },
  });
  expect(await service.client.getProduct({ id: product.id })).toEqual({
    product: { ...product, price: { amount: 1_250n, currency: 'EUR' }, etag: `"${version}"` },
  });
});

test('a product that is not for sale is not found', async () => {
  await expect(service.client.getProduct({ id: newId() })).rejects.toMatchObject({ code: 'not_found' });
});
