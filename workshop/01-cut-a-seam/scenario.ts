// What customers do with their wishlists, and what they have to see.
import { isDeepStrictEqual } from 'node:util';
import { ShopError } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';
import type { Catalog } from '../../monolith/modules/catalog/catalog.ts';
import type { Wishlists } from './ground.ts';

/** @returns what was not as it should be. */
export async function shop(wishlists: Wishlists, catalog: Catalog): Promise<readonly string[]> {
  const problems: string[] = [];
  const customer = newId();
  const [kettle, cup, spoon] = [
    await product(catalog, 'Kettle', 3_000),
    await product(catalog, 'Cup', 500),
    await product(catalog, 'Spoon', 200),
  ];
  const wish = ({ id, name }: typeof kettle, amount: number) => ({
    productId: id,
    name,
    price: { amount, currency: 'EUR' },
  });

  async function sees(what: string, expected: readonly unknown[]): Promise<void> {
    const seen = await wishlists.listWishes(customer);
    if (!isDeepStrictEqual(seen, expected))
      problems.push(`${what}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(seen)}`);
  }
  async function refuses(what: string, productId: string): Promise<void> {
    const outcome = await wishlists.addWish(customer, productId).then(
      () => 'it was accepted',
      (error: Error) => (error instanceof ShopError ? error.code : error.message),
    );
    if (outcome !== 'not_found') problems.push(`${what} has to be refused with not_found: ${outcome}`);
  }

  await sees('at first there is no wish', []);
  for (const { id } of [kettle, cup, spoon]) await wishlists.addWish(customer, id);
  await sees('the latest wish comes first', [wish(spoon, 200), wish(cup, 500), wish(kettle, 3_000)]);
  await wishlists.addWish(customer, kettle.id);
  await sees('a repeated wish moves to the top', [wish(kettle, 3_000), wish(spoon, 200), wish(cup, 500)]);
  await catalog.updateProduct(cup.id, { price: { amount: 450, currency: 'EUR' } });
  await sees("prices are today's", [wish(kettle, 3_000), wish(spoon, 200), wish(cup, 450)]);
  await catalog.archiveProduct(spoon.id);
  await sees('what is archived is gone', [wish(kettle, 3_000), wish(cup, 450)]);
  await refuses('an archived product', spoon.id);
  await refuses('a product that never was', newId());
  return problems;
}

async function product(catalog: Catalog, name: string, amount: number) {
  const draft = { sku: newId().toUpperCase(), description: 'Of steel.', category: 'wishes' };
  return (await catalog.createProduct({ ...draft, name, price: { amount, currency: 'EUR' } })).product;
}
