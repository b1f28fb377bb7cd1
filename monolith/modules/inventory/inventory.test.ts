import { newId } from '#platform/ids.ts';
import { openTestInventory, type TestInventory } from './testing.ts';

let opened: TestInventory;

beforeAll(async () => {
  opened = await openTestInventory();
});
afterAll(() => opened.close());

test('what is reserved can no longer be sold, and is still in the warehouse', async () => {
  const productId = await opened.product(5);
  await opened.inventory.reserve([{ productId, quantity: 2 }]);
  expect(await opened.inventory.getStock(productId)).toEqual({
    productId,
    onHand: 5,
    reserved: 2,
    available: 3,
  });
});

test('of many who reserve the last units at once, as many succeed as there are units', async () => {
  const productId = await opened.product(10);
  const attempts = Array.from({ length: 40 }, () => opened.inventory.reserve([{ productId, quantity: 1 }]));
  const outcomes = await Promise.allSettled(attempts);
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
  expect(await opened.inventory.getStock(productId)).toMatchObject({ available: 0, reserved: 10 });
});

test('a reservation of several products in a transaction is all or nothing, and names what is missing', async () => {
  const [plenty, scarce] = [await opened.product(5), await opened.product(1)];
  const wanted = [plenty, scarce].map((productId) => ({ productId, quantity: 2 }));
  await expect(opened.inTransaction(() => opened.inventory.reserve(wanted))).rejects.toMatchObject({
    code: 'out_of_stock',
    details: { extra: { productId: scarce, requested: 2 } },
  });
  expect(await opened.inventory.getStock(plenty)).toMatchObject({ reserved: 0 });
});

test('carts with the same products in opposite order do not lock each other out', async () => {
  const products = [await opened.product(1_000), await opened.product(1_000)];
  const lines = products.map((productId) => ({ productId, quantity: 1 }));
  const both = Array.from({ length: 40 }, (_, index) =>
    opened.inTransaction(() => opened.inventory.reserve(index % 2 ? lines : lines.toReversed())),
  );
  await Promise.all(both);
  for (const productId of products)
    expect(await opened.inventory.getStock(productId)).toMatchObject({ reserved: 40 });
});

test('shipping takes promised units out of the warehouse, and restocking brings them back', async () => {
  const productId = await opened.product(5);
  const lines = [{ productId, quantity: 3 }];
  await opened.inventory.reserve(lines);
  await opened.inventory.ship(lines);
  expect(await opened.inventory.getStock(productId)).toMatchObject({ onHand: 2, reserved: 0 });
  await opened.inventory.restock(lines);
  expect(await opened.inventory.getStock(productId)).toMatchObject({ onHand: 5, available: 5 });
});

test('releasing makes promised units available again', async () => {
  const productId = await opened.product(5);
  await opened.inventory.reserve([{ productId, quantity: 5 }]);
  await opened.inventory.release([{ productId, quantity: 5 }]);
  expect(await opened.inventory.getStock(productId)).toMatchObject({ onHand: 5, available: 5 });
});

test('the warehouse cannot be set below what is promised', async () => {
  const productId = await opened.product(5);
  await opened.inventory.reserve([{ productId, quantity: 3 }]);
  await expect(opened.inventory.setOnHand(productId, 2)).rejects.toMatchObject({ code: 'stock_reserved' });
  expect(await opened.inventory.setOnHand(productId, 3)).toMatchObject({ onHand: 3, available: 0 });
});

test('the stock of a product that does not exist is not found', async () => {
  await expect(opened.inventory.getStock(newId())).rejects.toMatchObject({ code: 'not_found' });
  await expect(opened.inventory.setOnHand(newId(), 1)).rejects.toMatchObject({ code: 'not_found' });
});

test('of a product that nobody has counted there is none', async () => {
  const productId = await opened.product();
  expect(await opened.inventory.getStock(productId)).toEqual({
    productId,
    onHand: 0,
    reserved: 0,
    available: 0,
  });
  await expect(opened.inventory.reserve([{ productId, quantity: 1 }])).rejects.toMatchObject({
    code: 'out_of_stock',
  });
});

test('two that count a new product at the same time both succeed, and one of them has the last word', async () => {
  const productId = await opened.product();
  const counts = await Promise.all([3, 4].map((onHand) => opened.inventory.setOnHand(productId, onHand)));
  expect(counts.map(({ onHand }) => onHand)).toEqual([3, 4]);
  expect([3, 4]).toContain((await opened.inventory.getStock(productId)).onHand);
});

test('a product that is sold no more has no stock to be asked for, but what was promised can still be moved', async () => {
  const productId = await opened.product(5);
  await opened.inventory.reserve([{ productId, quantity: 2 }]);
  await opened.archive(productId);
  await expect(opened.inventory.getStock(productId)).rejects.toMatchObject({ code: 'not_found' });
  await expect(opened.inventory.setOnHand(productId, 9)).rejects.toMatchObject({ code: 'not_found' });
  await opened.inventory.ship([{ productId, quantity: 2 }]);
});
