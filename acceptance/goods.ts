// What a test sells: products of its own, in a category of the seed.
import { granted, visitor } from './actors.ts';
import type { Session } from './client.ts';
import type { Categories, Money, Product, Stock } from './shapes.ts';
import { uniquePrice, uniqueSku } from './unique.ts';

export type Draft = Omit<Product, 'id'>;

let known: Promise<Categories> | undefined;

/** Two categories of the seed; they never change, so they are asked for once. */
export async function categories(): Promise<readonly [string, string]> {
  known ??= visitor().get<Categories>('/categories').then(granted);
  const [first, second] = (await known).categories.map(({ slug }) => slug);
  if (first === undefined || second === undefined) throw new Error('the shop has fewer than two categories');
  return [first, second];
}

export const euros = (amount: number): Money => ({ amount, currency: 'EUR' });

/** A product that no other test has, as an administrator describes it. */
export async function draft(changes: Partial<Draft> = {}): Promise<Draft> {
  const [category] = await categories();
  return {
    sku: uniqueSku(),
    name: 'Blue kettle',
    description: 'Boils water.',
    category,
    price: euros(uniquePrice()),
    ...changes,
  };
}

/** Puts a product on sale, with so many units in the warehouse. */
export async function createProduct(
  admin: Session,
  { onHand = 0, ...changes }: Partial<Draft> & { onHand?: number } = {},
): Promise<Product> {
  const product = granted(await admin.post<Product>('/products', await draft(changes)));
  if (onHand > 0) granted(await admin.put(`/stock/${product.id}`, { onHand }));
  return product;
}

export async function stockOf(session: Session, { id }: { readonly id: string }): Promise<Stock> {
  return granted(await session.get<Stock>(`/stock/${id}`));
}
